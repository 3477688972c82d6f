import validate from 'validate-npm-package-name';
import { CreateError } from './errors.js';

export const KINDS = ['event', 'strategy', 'policy', 'callback'] as const;
export const LANGUAGES = ['typescript', 'javascript'] as const;

/** What the plugin adds to a loop: something to wait for, a way to let time pass, an order of ready tasks, or a callback to wait for. */
export type PluginKind = (typeof KINDS)[number];
/** The language that the plugin is written in. */
export type PluginLanguage = (typeof LANGUAGES)[number];

/** Which plugin `createPlugin` is to make. */
export interface PluginRequest {
  /** The name of the npm package: `my-event`, `@me/my-event`. */
  readonly name: string;
  /** What the plugin adds to a loop. */
  readonly kind: PluginKind;
  /** TypeScript, or JavaScript, of which nothing is compiled and which has no types. */
  readonly language: PluginLanguage;
}

/** @throws CreateError unless `name` is one that npm allows for a new package */
export function checkName(name: string): string {
  const fault = faultOfName(name);
  if (fault === undefined) return name;
  throw new CreateError(
    'ESC_CREATE_INVALID_NAME',
    `${JSON.stringify(name)} cannot be the name of a package: ${fault}. Write one like my-event or @me/my-event.`,
  );
}

/** Why npm would not take `name` for a new package; undefined if it would. */
export function faultOfName(name: string): string | undefined {
  const { validForNewPackages, errors = [], warnings = [] } = validate(name);
  if (!validForNewPackages) return [...errors, ...warnings].join(', ');
  return folderNameOf(name).startsWith('.') ? 'its folder would start with a period' : undefined;
}

/** The name of the package without its scope. */
export function folderNameOf(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

/** @throws CreateError */
export function checkKind(kind: string): PluginKind {
  return checkOneOf(KINDS, kind, 'ESC_CREATE_UNKNOWN_KIND', 'kind of plugin');
}

/** @throws CreateError */
export function checkLanguage(language: string): PluginLanguage {
  return checkOneOf(LANGUAGES, language, 'ESC_CREATE_UNKNOWN_LANGUAGE', 'language for a plugin');
}

function checkOneOf<T extends string>(
  known: readonly T[],
  given: string,
  code: 'ESC_CREATE_UNKNOWN_KIND' | 'ESC_CREATE_UNKNOWN_LANGUAGE',
  what: string,
): T {
  const found = known.find(each => each === given);
  if (found !== undefined) return found;
  throw new CreateError(code, `${JSON.stringify(given)} is no ${what}. Write one of ${known.join(', ')}.`);
}
