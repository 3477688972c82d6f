export { type CreatedPlugin, createPlugin } from './create-plugin.js';
export { CreateError, type CreateErrorCode } from './errors.js';
export type { PluginKind, PluginLanguage, PluginRequest } from './plugin-request.js';
