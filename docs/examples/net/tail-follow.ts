/**
 * Prints the lines of FIFOs, of stdin, or of both, as they come. Several inputs are printed with their names.
 * A FIFO is followed for ever, through any number of writers; stdin (`-`, or no operand at all) until its end.
 *
 * Try it: mkfifo /tmp/a; node docs/dist/examples/net/tail-follow.js /tmp/a, and `echo hello > /tmp/a` elsewhere.
 * Ctrl-C ends it under every strategy; see run.ts for how.
 */
import { statSync } from 'node:fs';
import { type DescriptorStream, openReader, stdin, stdout } from '@escapement/net';
import { Lock } from '@escapement/sync';
import { spawn } from 'escapement';
import { programOptions, refuse } from './options.js';
import { run } from './run.js';

const { strategy, operands } = programOptions('Prints lines as they come.', '[FIFO | -]...');
const paths = operands.length === 0 ? ['-'] : operands;

const out = stdout();
const turn = new Lock('stdout');

function* follow(path: string) {
  const prefix = paths.length === 1 ? '' : `${path}: `;
  if (path === '-') return yield* printLines(stdin(), prefix);
  let stream = openReader(path);
  try {
    for (;;) {
      yield* printLines(stream, prefix);
      // All writers have closed. Open the next stream first: there is always a reader, and no byte gets lost.
      const next = openReader(path);
      stream.close();
      stream = next;
    }
  } finally {
    stream.close();
  }
}

/** Back-pressure: `write` waits for a slow reader of the output, and so the writers of the inputs wait, too. */
function* printLines(stream: DescriptorStream, prefix: string) {
  for (let line = yield* stream.readLine(); line !== undefined; line = yield* stream.readLine()) {
    const text = `${prefix}${line}\n`;
    yield* turn.with(() => out.write(text));
  }
}

function isFifo(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
}

for (const path of paths) if (path !== '-' && !isFifo(path)) refuse(`${path} is no FIFO. Make one: mkfifo ${path}`);

await run(strategy, function* () {
  for (const path of paths) yield* spawn(follow(path), { name: path });
});
