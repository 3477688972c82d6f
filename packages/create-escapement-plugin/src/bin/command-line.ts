import { parseArgs } from 'node:util';
import { CreateError } from '../errors.js';
import { checkKind, checkLanguage, checkName, KINDS, type PluginKind, type PluginRequest } from '../plugin-request.js';

export const HELP = `Usage: npm create escapement-plugin <name> -- --kind <kind> [--javascript]

Writes a plugin for Escapement to a folder of its name: with its module, and a test that checks it against
the laws of its kind and passes at once.

  <name>           the name of the npm package: my-event, @me/my-event
  --kind <kind>    event: something new to wait for
                   strategy: a way to let time pass while no task is ready
                   policy: decides which ready task runs next
                   callback: an event that a callback of Node completes
  --javascript     in JavaScript; else in TypeScript
  --help           shows this

On a terminal it asks for what is missing.`;

/** What the command line says, checked. What it leaves out is undefined. */
export type CommandLine = Partial<PluginRequest>;

/** @returns undefined if only the help is wanted @throws CreateError */
export function parseCommandLine(args: readonly string[]): CommandLine | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [name, ...rest] = positionals;
  if (rest.length > 0) throw tooMany(rest);
  return {
    ...(name !== undefined && { name: checkName(name) }),
    ...(values.kind !== undefined && { kind: checkKind(values.kind) }),
    ...(values.javascript && { language: checkLanguage('javascript') }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { kind: { type: 'string' }, javascript: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    const [what] = (error as Error).message.split(/\. |\n/);
    throw new CreateError('ESC_CREATE_USAGE', `${what}. ${usage(KINDS[0])}`);
  }
}

/** npm keeps `--kind` for itself where the `--` is missing, and passes on its value. */
function tooMany(rest: readonly string[]): CreateError {
  const kind = KINDS.find(each => rest.includes(each));
  const problem =
    kind === undefined
      ? `There is one name too many: ${rest.join(' ')}.`
      : `There is no --kind before ${kind}: npm keeps options for itself that stand before a lone --.`;
  return new CreateError('ESC_CREATE_USAGE', `${problem} ${usage(kind ?? KINDS[0])}`);
}

export function usage(kind: PluginKind, name = 'my-plugin'): string {
  return `Write: npm create escapement-plugin ${name} -- --kind ${kind}`;
}
