/**
 * Prints the lines of several FIFOs, of stdin, or of both, as they come; under a name each, if there are several.
 * A FIFO is followed for ever, whoever opens it to write; stdin (`-`, or nothing at all) until its end.
 *
 * Try it: mkfifo /tmp/a; node docs/dist/examples/net/tail-follow.js /tmp/a, and `echo hello > /tmp/a` elsewhere.
 * Ctrl-C ends it under every strategy; see run.ts for how.
 */
import { statSync } from 'node:fs';
import { type DescriptorStream, openReader, stdin } from '@escapement/net';
import { spawn } from 'escapement';
import { programOptions, refuse } from './options.js';
import { run } from './run.js';

const { strategy, operands } = programOptions('Prints lines as they come.', '[FIFO | -]...');
const paths = operands.length === 0 ? ['-'] : operands;

function* follow(path: string) {
  const print = paths.length === 1 ? console.log : (line: string) => console.log(`${path}: ${line}`);
  if (path === '-') return yield* printLines(stdin(), print);
  let stream = openReader(path);
  try {
    for (;;) {
      yield* printLines(stream, print);
      // All who wrote are gone. First the next one, so that there is always a reader and no byte gets lost.
      const next = openReader(path);
      stream.close();
      stream = next;
    }
  } finally {
    stream.close();
  }
}

function* printLines(stream: DescriptorStream, print: (line: string) => void) {
  for (let line = yield* stream.readLine(); line !== undefined; line = yield* stream.readLine()) print(line);
}

function isFifo(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
}

for (const path of paths) if (path !== '-' && !isFifo(path)) refuse(`${path} is no FIFO. Make one: mkfifo ${path}`);

await run(strategy, function* () {
  for (const path of paths) yield* spawn(follow(path), { name: path });
});
