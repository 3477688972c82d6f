import type { PluginKind, PluginLanguage } from 'create-escapement-plugin';

export const KINDS: readonly PluginKind[] = ['event', 'strategy', 'policy'];
export const LANGUAGES: readonly PluginLanguage[] = ['typescript', 'javascript'];
