import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { compiled } from './example.js';
import { expectedEnd, NetProgram, STRATEGIES, within } from './net-program.js';

const LINES = Buffer.from(`${'x'.repeat(999)}\n`.repeat(100));
const PROGRAM = fileURLToPath(compiled('docs/examples/net/tail-follow.ts'));

for (const strategy of STRATEGIES) {
  describe(`tail-follow under ${strategy}`, () => {
    let folder: string;
    let program: NetProgram | undefined;

    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'escapement-tail-'));
      execFileSync('mkfifo', [join(folder, 'a'), join(folder, 'b')]);
    });

    after(() => rmSync(folder, { recursive: true }));

    afterEach(() => program?.kill());

    function follow(...names: string[]): NetProgram {
      program = new NetProgram('tail-follow', '--strategy', strategy, ...names);
      return program;
    }

    /** Another process opens the FIFO, writes and closes it. */
    function write(name: string, text: string): void {
      createWriteStream(join(folder, name)).end(text);
    }

    it('prints the lines of its input as they come, until the end', async () => {
      const tail = follow();
      tail.stdin.write('one\ntw');
      await tail.prints(/^one\n$/);
      tail.stdin.end('o\nthree');
      expect(await tail.exit).to.equal(0);
      expect([tail.output, tail.errors]).to.deep.equal(['one\ntwo\nthree\n', '']);
    });

    it('follows a FIFO from one writer to the next, until Ctrl-C', async () => {
      const tail = follow(join(folder, 'a'));
      for (const [index, text] of ['first\n', 'second\nthird', 'fourth\n'].entries()) {
        write('a', text);
        await tail.prints([/^first\n/, /second\nthird\n/, /fourth\n/][index]!);
      }
      expect(await tail.end('SIGINT')).to.equal(expectedEnd(strategy, 'SIGINT'));
      expect([tail.output, tail.errors]).to.deep.equal(['first\nsecond\nthird\nfourth\n', '']);
    });

    it('follows several at once, each line with the name of its input', async () => {
      const [a, b] = [join(folder, 'a'), join(folder, 'b')];
      const tail = follow(a, b, '-');
      write('b', 'from b\n');
      await tail.prints(/from b/);
      tail.stdin.end('from stdin\n');
      await tail.prints(/from stdin/);
      write('a', 'from a\n');
      await tail.prints(/from a/);
      expect(tail.output).to.equal(`${b}: from b\n-: from stdin\n${a}: from a\n`);
    });

    it('ends silently when its reader has exited', () => {
      const { stdout, stderr } = piped('yes line', '-', 'head -n 1');
      expect([stdout, stderr]).to.deep.equal(['line\n', 'status 0\n']);
    });

    it('ends silently, too, when several lines wait to be printed', () => {
      const fifo = join(folder, 'a');
      const { stdout, stderr } = piped(`yes a > ${fifo} & yes b`, `${fifo} -`, `head -n 2000 | grep -c ${fifo}`);
      expect(Number(stdout)).to.be.above(0);
      expect(stderr).to.equal('status 0\n');
    });

    it('gives a slow reader every line, in order', () => {
      const { stdout, stderr } = piped('seq 50000', '-', '(sleep 0.5; cat)');
      expect(stdout === Array.from({ length: 50_000 }, (_, n) => `${n + 1}\n`).join('')).to.equal(true);
      expect(stderr).to.equal('status 0\n');
    });

    /** The program between two others, as a shell runs them; its status is at the end of stderr. */
    function piped(writer: string, operands: string, reader: string) {
      const command = `(${writer}) 2> /dev/null | { timeout 15 "$0" "$1" --strategy ${strategy} ${operands}; echo status $? >&2; } | ${reader}`;
      return spawnSync('sh', ['-c', command, process.execPath, PROGRAM], { encoding: 'utf8', timeout: 20_000 });
    }

    it('reads no more from its writer while its reader does not read, and needs no memory', async () => {
      const child = spawn(process.execPath, [PROGRAM, '--strategy', strategy], { timeout: 60_000 });
      try {
        child.stdin.write(LINES);
        await within(once(child.stdout, 'readable'), () => 'it prints nothing');
        const memory = memoryOf(child.pid!);
        expect(await bytesTaken(child.stdin)).to.be.below(8_000_000);
        expect(memoryOf(child.pid!) - memory).to.be.below(64_000_000);
      } finally {
        child.stdin.destroy();
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    });
  });
}

/** Writes until nobody has taken any for a while, or more than enough. */
async function bytesTaken(stream: Writable): Promise<number> {
  for (let count = 0; ; count += LINES.length) {
    if (count >= 128_000_000) return count;
    if (stream.write(LINES)) continue;
    const isTaken = await Promise.race([once(stream, 'drain').then(() => true), later(1000, false)]);
    if (!isTaken) return count;
  }
}

/** How many bytes of memory a process has (RSS). */
function memoryOf(pid: number): number {
  return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
}
