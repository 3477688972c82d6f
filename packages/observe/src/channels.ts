export { type ChannelMessages, LoopChannels } from './channels/loop-channels.js';
