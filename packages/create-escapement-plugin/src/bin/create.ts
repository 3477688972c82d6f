#!/usr/bin/env node
import { styleText } from 'node:util';
import { cancel } from '@clack/prompts';
import { createPlugin } from '../create-plugin.js';
import { CreateError } from '../errors.js';
import { folderFor } from '../plugin-folder.js';
import { HELP, parseCommandLine } from './command-line.js';
import { nextSteps } from './next-steps.js';
import { ask, complete } from './questions.js';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    return await create(args);
  } catch (error) {
    const isExpected = error instanceof CreateError;
    console.error(isExpected ? `create-escapement-plugin: ${error.message} (${error.code})` : error);
    return isExpected ? 2 : 1;
  }
}

async function create(args: readonly string[]): Promise<number> {
  const given = parseCommandLine(args);
  if (given === undefined) {
    console.log(HELP);
    return 0;
  }
  const parent = process.cwd();
  // Before anything is asked.
  if (given.name !== undefined) folderFor(given.name, parent);
  const { stdin: input, stdout: output } = process;
  const request = input.isTTY && output.isTTY ? await ask(given, parent, { input, output }) : complete(given);
  if (request === undefined) {
    cancel('Nothing was written.');
    return 130;
  }
  const created = createPlugin(request, parent);
  console.log(`\n${nextSteps(request, created, (format, text) => styleText(format, text, { stream: output }))}\n`);
  return 0;
}
