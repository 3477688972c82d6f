import { setTimeout as later } from 'node:timers/promises';
import { expect } from 'chai';
import { outputOrSkip, Peer, underEachStrategy } from './net-program.js';

underEachStrategy('resp-server', 'SIGINT', port => {
  async function answersTo(request: string): Promise<string> {
    const peer = await Peer.connect(port());
    peer.send(`${request}QUIT\r\n`);
    const answers = await peer.ended();
    expect(answers.endsWith('+OK\r\n')).to.equal(true);
    return answers.slice(0, -5);
  }

  /** Each line is a command of words. */
  function answersToLines(...lines: string[]): Promise<string> {
    return answersTo(lines.map(line => `${line}\r\n`).join(''));
  }

  beforeEach(async () => expect(await answersToLines('FLUSHALL')).to.equal('+OK\r\n'));

  it('answers inline commands', async () => {
    expect(await answersToLines('PING', 'ping hello', '', 'ECHO  x ')).to.equal('+PONG\r\n$5\r\nhello\r\n$1\r\nx\r\n');
  });

  it('keeps keys and values of any bytes', async () => {
    const value = '\0\r\n$\xff\x80';
    const request = `*3\r\n$3\r\nSET\r\n$2\r\n\r\n\r\n$6\r\n${value}\r\n*2\r\n$3\r\nGET\r\n$2\r\n\r\n\r\n`;
    expect(await answersTo(request)).to.equal(`+OK\r\n$6\r\n${value}\r\n`);
  });

  it('sets, gets, counts and deletes', async () => {
    const answers = await answersToLines(
      ...['SET a 1', 'SET b 2', 'GET a', 'GET c', 'EXISTS a b c a', 'DBSIZE', 'DEL a c a', 'DBSIZE', 'GET a'],
    );
    expect(answers).to.equal('+OK\r\n+OK\r\n$1\r\n1\r\n$-1\r\n:3\r\n:2\r\n:1\r\n:1\r\n$-1\r\n');
  });

  it('increments whole numbers', async () => {
    const answers = await answersToLines(
      ...['INCR n', 'INCR n', 'SET n -1', 'INCR n', 'SET n 1.5', 'INCR n', 'SET n 9007199254740991', 'INCR n'],
    );
    const refusal = '-ERR value is not an integer or out of range\r\n';
    expect(answers).to.equal(`:1\r\n:2\r\n+OK\r\n:0\r\n+OK\r\n${refusal}+OK\r\n${refusal}`);
  });

  it('lets values expire, and deletes them even if no client asks', async () => {
    expect(await answersToLines('SET a 1 PX 5', 'SET b 2 ex 100', 'SET c 3 PX 1')).to.equal('+OK\r\n'.repeat(3));
    await later(20);
    expect(await answersToLines('GET a', 'GET b')).to.equal('$-1\r\n$1\r\n2\r\n');
    await later(1100);
    expect(await answersToLines('DBSIZE')).to.equal(':1\r\n');
  });

  it('reports a wrong command, and goes on', async () => {
    const answers = await answersToLines(
      ...[
        'NONSENSE',
        'GET',
        'GET a b',
        'SET a 1 XX 1',
        'SET a 1 EX',
        'SET a 1 EX soon',
        'SET a 1 EX 0',
        'SET a 1 EX 10 NX',
        'QUIT now',
        'SELECT 1',
        'HELLO 3',
        'CONFIG SET a b',
      ],
    );
    expect(answers.trim().split('\r\n')).to.deep.equal([
      "-ERR unknown command 'NONSENSE'",
      "-ERR wrong number of arguments for 'get' command",
      "-ERR wrong number of arguments for 'get' command",
      '-ERR syntax error',
      '-ERR syntax error',
      '-ERR value is not an integer or out of range',
      "-ERR invalid expire time in 'set' command",
      '-ERR syntax error',
      "-ERR wrong number of arguments for 'quit' command",
      '-ERR DB index is out of range',
      '-NOPROTO unsupported protocol version',
      '-ERR syntax error',
    ]);
  });

  it('answers the commands before a protocol error, then ends', async () => {
    const peer = await Peer.connect(port());
    peer.send('PING\r\n*1\r\n!nonsense\r\nPING\r\n');
    expect(await peer.ended()).to.equal("+PONG\r\n-ERR Protocol error: expected '$', got '!'\r\n");
  });

  for (const [what, request] of Object.entries({
    'a POST': 'POST / HTTP/1.1\r\nHost: localhost:6380\r\nContent-Length: 20\r\n\r\nSET stolen 1\r\n',
    'a PUT, by its Host': 'PUT / HTTP/1.1\r\nHost: localhost:6380\r\n\r\nSET stolen 1\r\n',
    'small letters': 'post /\r\nSET stolen 1\r\n',
    'a header in small letters': 'GET /\r\nhost: a\r\nSET stolen 1\r\n',
    'a command in an array': '*1\r\n$4\r\nPOST\r\nSET stolen 1\r\n',
  })) {
    it(`hangs up on HTTP, and executes nothing of its body: ${what}`, async () => {
      const peer = await Peer.connect(port());
      peer.send(request);
      expect(await peer.ended()).to.not.contain('+OK');
      expect(await answersToLines('GET stolen')).to.equal('$-1\r\n');
    });
  }

  it('answers a protocol error although the client goes on sending', async () => {
    const peer = await Peer.connect(port());
    const request = `*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$8000000\r\n${'v'.repeat(8_000_000)}\r\n`;
    peer.socket.pause();
    await new Promise(resolve => peer.socket.write(request, resolve));
    peer.socket.resume();
    expect(await peer.ended()).to.equal('-ERR Protocol error: a command larger than 1048576 bytes\r\n');
  });

  it('answers HELLO, CONFIG and SELECT', async () => {
    const [hello, configuration, select] = [
      await answersToLines('HELLO', 'HELLO 2'),
      await answersToLines('CONFIG GET *'),
      await answersToLines('SELECT 0'),
    ];
    expect(hello).to.match(/^(\*12\r\n\$6\r\nserver\r\n\$5\r\nredis\r\n[^*]*\$5\r\nproto\r\n:2\r\n[^*]*\*0\r\n){2}$/);
    expect(configuration).to.equal('*4\r\n$4\r\nsave\r\n$0\r\n\r\n$10\r\nappendonly\r\n$2\r\nno\r\n');
    expect(select).to.equal('+OK\r\n');
  });

  it('answers ten thousand commands that arrive at once', async () => {
    const answers = await answersToLines(...Array.from({ length: 10_000 }, () => 'INCR n'));
    expect(answers).to.equal(Array.from({ length: 10_000 }, (_, n) => `:${n + 1}\r\n`).join(''));
  });

  it('makes a client wait that sends commands but does not read replies', async () => {
    const value = 'v'.repeat(100_000);
    const peer = await Peer.connect(port());
    peer.socket.pause();
    peer.send(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\n${value}\r\n${'GET k\r\n'.repeat(300)}QUIT\r\n`);
    expect(await answersToLines('PING')).to.equal('+PONG\r\n');
    peer.socket.resume();
    const answer = `$100000\r\n${value}\r\n`;
    expect((await peer.ended()) === `+OK\r\n${answer.repeat(300)}+OK\r\n`).to.equal(true);
  });

  it('talks to redis-cli', async function () {
    const cli = (...args: string[]) =>
      outputOrSkip(this, 'redis-tools', 'redis-cli', '-h', '127.0.0.1', '-p', String(port()), ...args);
    expect(await cli('set', 'greeting', 'hello, world')).to.equal('OK\n');
    expect(await cli('get', 'greeting')).to.equal('hello, world\n');
    expect(await cli('incr', 'n')).to.equal('1\n');
    expect(await cli('get', 'nothing')).to.equal('\n');
    expect(await cli('config', 'get', 'appendonly')).to.equal('appendonly\nno\n');
    expect(await cli('-2', 'command')).to.equal('\n');
    expect(await cli('-3', 'get', 'greeting')).to.contain('hello, world\n');
    expect(await cli('-n', '0', 'get', 'greeting')).to.equal('hello, world\n');
  });

  for (const depth of [1, 16]) {
    it(`serves redis-benchmark -P ${depth}`, async function () {
      const args = [
        '-h',
        '127.0.0.1',
        '-p',
        String(port()),
        '-P',
        String(depth),
        '-n',
        '2000',
        '-c',
        '10',
        '-r',
        '100',
      ];
      const tests = ['-t', 'ping,set,get,incr', '--csv'];
      const output = await outputOrSkip(this, 'redis-tools', 'redis-benchmark', ...args, ...tests);
      expect(output.match(/^"(PING_INLINE|PING_MBULK|PING_BULK|SET|GET|INCR)","\d/gm)).to.have.lengthOf(5);
      expect(output).to.not.contain('WARN');
    });
  }
});
