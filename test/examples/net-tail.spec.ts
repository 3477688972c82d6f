import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { expectedEnd, NetProgram, STRATEGIES } from './net-program.js';

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

    it('follows several at once, each line under its name', async () => {
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
  });
}
