import { createServer } from 'node:net';
import { expect } from 'chai';
import { NetProgram } from './net-program.js';

const PROGRAMS = ['echo-server', 'http-hello', 'http-fetch', 'resp-server', 'tail-follow', 'chat-server'];

describe('the options of the net examples', () => {
  async function outcomeOf(name: string, ...args: string[]) {
    const program = new NetProgram(name, ...args);
    program.stdin.end();
    const exit = await program.exit;
    return { exit, output: program.output, errors: program.errors };
  }

  for (const name of PROGRAMS) {
    it(`${name} --help prints them`, async () => {
      const { exit, output, errors } = await outcomeOf(name, '--help');
      expect({ exit, errors }).to.deep.equal({ exit: 0, errors: '' });
      expect(output).to.contain(`Usage: ${name} `).and.to.contain('--strategy');
      for (const line of output.split('\n')) expect(line.length).to.be.at.most(120);
    });
  }

  for (const port of ['65536', '1.5', '']) {
    it(`rejects the port '${port}'`, async () => {
      const { exit, errors } = await outcomeOf('echo-server', `--port=${port}`);
      expect(exit).to.equal(2);
      expect(errors).to.contain(`'${port}' is no port`);
    });
  }

  const MISTAKES: Record<string, [name: string, args: string[], problem: string]> = {
    'an option that there is not': ['echo-server', ['--speed', '11'], "Unknown option '--speed'"],
    'a strategy that there is not': [
      'echo-server',
      ['--strategy', 'toString'],
      "there is no strategy 'toString', expected one of busy-wait, atomics-wait, set-timeout, epoll\nTry echo-server --help",
    ],
    'an operand for a server': ['echo-server', ['7000'], "Unexpected argument '7000'"],
    'a fetch of nothing': ['http-fetch', [], 'expected one URL'],
    'a fetch of two pages': ['http-fetch', ['http://a/', 'http://b/'], 'expected one URL'],
    'a fetch by a protocol that it does not speak': ['http-fetch', ['https://a/'], 'no URL that begins with http://'],
    'a fetch of what is no URL': ['http-fetch', ['http://'], "'http://' is no URL"],
    'a file that is no FIFO': ['tail-follow', ['/etc/passwd'], '/etc/passwd is no FIFO'],
    'a FIFO that there is not': ['tail-follow', ['/no/such/fifo'], '/no/such/fifo is no FIFO'],
  };
  for (const [mistake, [name, args, problem]] of Object.entries(MISTAKES)) {
    it(`rejects ${mistake}`, async () => {
      const { exit, errors } = await outcomeOf(name, ...args);
      expect(exit).to.equal(2);
      expect(errors).to.contain(problem);
    });
  }

  it('reports a port that is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const { exit, output, errors } = await outcomeOf('echo-server', '--port', String(port));
    other.close();
    expect({ exit, output }).to.deep.equal({ exit: 1, output: '' });
    expect(errors).to.match(/^echo-server: EADDRINUSE.*\n$/);
  });

  it('reports a host that is not an address', async () => {
    const { exit, errors } = await outcomeOf('echo-server', '--host', 'nowhere');
    expect(exit).to.equal(1);
    expect(errors).to.contain("echo-server: 'nowhere' is not an IP address");
  });
});
