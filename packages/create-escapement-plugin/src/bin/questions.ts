import type { Readable, Writable } from 'node:stream';
import { intro, isCancel, outro, select, text } from '@clack/prompts';
import { CreateError } from '../errors.js';
import { folderFor } from '../plugin-folder.js';
import { faultOfName, KINDS, type PluginRequest } from '../plugin-request.js';
import { type CommandLine, usage } from './command-line.js';

/** Where questions are shown and answered. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/** What is missing without a terminal. @throws CreateError */
export function complete(given: CommandLine): PluginRequest {
  const { name, kind, language = 'typescript' } = given;
  if (name !== undefined && kind !== undefined) return { name, kind, language };
  const missing = [name === undefined && 'a name', kind === undefined && 'a --kind'].filter(Boolean).join(' and ');
  const advice = `${usage(kind ?? KINDS[0], name)}${kind === undefined ? ', or strategy, or policy, or callback' : ''}.`;
  throw new CreateError(
    'ESC_CREATE_MISSING_ANSWER',
    `There is no terminal to ask for what is missing: ${missing}. ${advice}`,
  );
}

/** Asks for what is missing. @returns undefined if the user does not want to go on */
export async function ask(given: CommandLine, parent: string, terminal: Terminal): Promise<PluginRequest | undefined> {
  if (given.name !== undefined && given.kind !== undefined) return complete(given);
  intro('A plugin for Escapement', terminal);
  const name = given.name ?? (await askName(parent, terminal));
  if (isCancel(name)) return undefined;
  const kind = given.kind ?? (await askKind(terminal));
  if (isCancel(kind)) return undefined;
  const language = given.language ?? (await askLanguage(terminal));
  if (isCancel(language)) return undefined;
  outro('That is all.', terminal);
  return { name, kind, language };
}

function askName(parent: string, terminal: Terminal) {
  return text({
    ...terminal,
    message: 'What is the name of its package?',
    placeholder: 'my-plugin, or @me/my-plugin',
    validate: (name = '') => faultOfName(name) ?? faultOfFolder(name, parent),
  });
}

function faultOfFolder(name: string, parent: string): string | undefined {
  try {
    folderFor(name, parent);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function askKind(terminal: Terminal) {
  return select({
    ...terminal,
    message: 'What does it add to a loop?',
    options: [
      { value: 'event' as const, label: 'An event', hint: 'something new to wait for' },
      { value: 'strategy' as const, label: 'A sleep strategy', hint: 'a way to let time pass while no task is ready' },
      { value: 'policy' as const, label: 'A scheduling policy', hint: 'decides which ready task runs next' },
      { value: 'callback' as const, label: 'An event of a callback', hint: 'a callback of Node completes it' },
    ],
  });
}

function askLanguage(terminal: Terminal) {
  return select({
    ...terminal,
    message: 'In which language?',
    options: [
      { value: 'typescript' as const, label: 'TypeScript' },
      { value: 'javascript' as const, label: 'JavaScript', hint: 'nothing to compile, and no types for its users' },
    ],
  });
}
