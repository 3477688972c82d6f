import type { PluginKind, PluginLanguage } from 'create-escapement-plugin';

export const KINDS: readonly PluginKind[] = ['event', 'strategy', 'policy', 'callback'];
export const LANGUAGES: readonly PluginLanguage[] = ['typescript', 'javascript'];
