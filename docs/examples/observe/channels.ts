import { subscribe } from 'node:diagnostics_channel';
import type { ChannelMessages } from '@escapement/observe/channels';
import { channelsModule } from '@escapement/observe/channels/module';
import { createLoop, setTimeoutModule, sleep, sleepModule, spawn } from 'escapement';

subscribe('escapement:task:end', message => {
  const { task } = message as ChannelMessages['escapement:task:end'];
  console.log(`${task.name} ${task.result.state}`);
});

const loop = createLoop(setTimeoutModule, sleepModule, channelsModule);
await loop.run(function* main() {
  const slow = yield* spawn(sleep(1000), { name: 'slow' });
  const quick = yield* spawn(sleep(5), { name: 'quick' });
  yield* quick;
  slow.cancel('nobody needs it any more');
});
