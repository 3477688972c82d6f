import { basename } from 'node:path';
import type { CreatedPlugin } from '../create-plugin.js';
import type { PluginKind, PluginRequest } from '../plugin-request.js';

/** Marks up a text for a terminal, or leaves it as it is. */
export type Style = (format: 'bold' | 'cyan' | 'dim', text: string) => string;

/** What each file is; the rest of a name is the same in both languages. */
const PURPOSES: readonly (readonly [RegExp, string])[] = [
  [/laws\.test/, 'the laws, checked by npm test'],
  [/module/, 'the module for createLoop'],
  [/index/, 'what the package exports'],
  [/latch-handler/, 'the handler: waits for the event'],
  [/latch/, 'the event and its source'],
  [/-strategy/, 'the strategy'],
  [/-policy/, 'the policy'],
  [/pressed/, 'the event: starts the operation, and undoes it'],
];

const KIND: Readonly<Record<PluginKind, string>> = {
  event: 'an event',
  strategy: 'a sleep strategy',
  policy: 'a scheduling policy',
  callback: 'an event of a callback',
};
const LANGUAGE = { typescript: 'TypeScript', javascript: 'JavaScript' };

/** What was made, and what to do now. */
export function nextSteps(request: PluginRequest, { folder, files }: CreatedPlugin, style: Style): string {
  const sources = files.filter(file => file.startsWith('src/'));
  const width = Math.max(...sources.map(file => file.length));
  return [
    `${style('bold', request.name)} is ready: ${KIND[request.kind]} for Escapement, in ${LANGUAGE[request.language]}.`,
    '',
    ...sources.map(file => `  ${file.padEnd(width)}  ${style('dim', purposeOf(file))}`),
    '',
    'Now run',
    '',
    `  ${style('cyan', `cd ${basename(folder)}`)}`,
    `  ${style('cyan', 'npm install')}`,
    `  ${style('cyan', 'npm test')}`,
    '',
    'The test passes. Then make the plugin yours: README.md says where to begin.',
  ].join('\n');
}

function purposeOf(file: string): string {
  return PURPOSES.find(([pattern]) => pattern.test(file))?.[1] ?? '';
}
