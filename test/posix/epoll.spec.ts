import { spawnSync } from 'node:child_process';
import {
  close,
  EpollEvents,
  EpollOperation,
  EpollResults,
  epollControl,
  epollCreate,
  eventCounter,
  hasFineEpoll,
  lower,
  open,
  pipe,
  raise,
  read,
  WOULD_BLOCK,
  write,
} from '@escapement/posix';
import { expect } from 'chai';
import { collect, failureOf, givingBackDescriptors, NOT_OPEN, Opened } from '../support/descriptors.js';

const { add, modify, remove } = EpollOperation;
const { readable, writable, hangUp, peerHangUp } = EpollEvents;

describe('posix: epoll', () => {
  const opened = givingBackDescriptors();

  function found(results: EpollResults, count: number): [fd: number, events: number][] {
    return Array.from({ length: count }, (_, n) => [results.fdAt(n), results.eventsAt(n)] as [number, number]).sort(
      ([a], [b]) => a - b,
    );
  }

  it('finds what is ready, level-triggered', () => {
    const epoll = opened.add(epollCreate());
    const { reader, writer } = opened.add(pipe());
    const results = new EpollResults();
    epollControl(epoll, add, reader, readable);
    expect(results.look(epoll)).to.equal(0);
    write(writer, new Uint8Array(2));
    for (let n = 0; n < 3; n++) {
      expect(found(results, results.look(epoll))).to.deep.equal([[reader, readable]]);
      expect(found(results, results.wait(epoll, Infinity))).to.deep.equal([[reader, readable]]);
    }
    read(reader, new Uint8Array(2));
    expect(results.look(epoll)).to.equal(0);
    epollControl(epoll, modify, reader, writable);
    epollControl(epoll, remove, reader, 0);
    write(writer, new Uint8Array(1));
    expect(results.look(epoll)).to.equal(0);
  });

  it('keeps descriptors and events apart, of many at a time: the layout is the kernel’s', () => {
    const epoll = opened.add(epollCreate());
    const pipes = Array.from({ length: 20 }, () => opened.add(pipe()));
    for (const { reader, writer } of pipes) {
      epollControl(epoll, add, reader, readable | peerHangUp);
      epollControl(epoll, add, writer, writable);
    }
    const expected: [number, number][] = pipes.map(({ writer }) => [writer, writable]);
    for (const { reader, writer } of pipes.slice(5)) {
      write(writer, new Uint8Array(1));
      expected.push([reader, readable]);
    }
    const results = new EpollResults();
    expect(found(results, results.look(epoll))).to.deep.equal(expected.sort(([a], [b]) => a - b));
  });

  it('finds as many as fit in its buffer, and the others next time', () => {
    const epoll = opened.add(epollCreate());
    const readers = Array.from({ length: 5 }, () => {
      const { reader, writer } = opened.add(pipe());
      write(writer, new Uint8Array(1));
      epollControl(epoll, add, reader, readable);
      return reader;
    });
    const results = new EpollResults(2);
    const seen = new Set<number>();
    for (let n = 0; n < 5; n++) {
      expect(results.wait(epoll, 0)).to.equal(2);
      seen.add(results.fdAt(0)).add(results.fdAt(1));
    }
    expect([...seen].sort()).to.deep.equal(readers.sort());
  });

  it('reports a hang-up without being asked for it', () => {
    const epoll = opened.add(epollCreate());
    const { reader, writer } = pipe();
    opened.add(reader);
    epollControl(epoll, add, reader, 0);
    close(writer);
    const results = new EpollResults();
    expect(found(results, results.look(epoll))).to.deep.equal([[reader, hangUp]]);
  });

  it('counts in nanoseconds where the kernel can', function () {
    if (!hasFineEpoll) this.skip();
    const epoll = opened.add(epollCreate());
    const results = new EpollResults();
    const took = Array.from({ length: 20 }, () => {
      const start = performance.now();
      results.wait(epoll, 0.05);
      return performance.now() - start;
    });
    // In whole milliseconds each would take one at least.
    expect(Math.min(...took)).to.be.below(0.9);
  });

  it('is never early: fractions of a millisecond, whole seconds and lengths between', () => {
    const epoll = opened.add(epollCreate());
    const results = new EpollResults();
    for (const timeout of [0, 0.0001, 0.05, 0.3, 0.999, 0.9999999, 1, 1.5, 7.123, 1000.25]) {
      const durations = Array.from({ length: 3 }, () => {
        const start = performance.now();
        expect(results.wait(epoll, timeout)).to.equal(0);
        return performance.now() - start;
      });
      // A signal may end one of them; rounding would end each. The clocks of kernel and process agree to a microsecond or so.
      expect(Math.max(...durations)).to.be.at.least(timeout - 0.005);
    }
  });

  it('treats a negative timeout as 0', () => {
    const epoll = opened.add(epollCreate());
    const results = new EpollResults();
    for (const timeout of [-0, -0.5, -1, -1e9, -Infinity]) expect(results.wait(epoll, timeout)).to.equal(0);
  });

  it('accepts a timeout of any length', () => {
    const epoll = opened.add(epollCreate());
    const { reader, writer } = opened.add(pipe());
    epollControl(epoll, add, reader, readable);
    write(writer, new Uint8Array(1));
    const results = new EpollResults();
    for (const timeout of [1e9, 2 ** 31 - 1, 2 ** 31, 2 ** 53, Infinity]) {
      expect(results.wait(epoll, timeout)).to.equal(1);
    }
  });

  it('throws a PosixError that names the failure', () => {
    const epoll = opened.add(epollCreate());
    const { reader } = opened.add(pipe());
    const control = (operation: number, fd: number) => failureOf(() => epollControl(epoll, operation, fd, readable));
    expect(control(modify, reader)).to.include({ code: 'ENOENT', syscall: 'epoll_ctl' });
    expect(control(remove, reader)).to.include({ code: 'ENOENT' });
    epollControl(epoll, add, reader, readable);
    expect(control(add, reader)).to.include({ code: 'EEXIST' });
    expect(control(add, opened.add(open('/etc/passwd'))), 'always ready').to.include({ code: 'EPERM' });
    expect(control(add, epoll), 'itself').to.include({ code: 'EINVAL' });
    expect(control(add, NOT_OPEN).message).to.equal(`EBADF: bad file descriptor, epoll_ctl descriptor ${NOT_OPEN}`);
    const results = new EpollResults();
    expect(failureOf(() => results.look(NOT_OPEN))).to.include({ code: 'EBADF', syscall: 'epoll_wait' });
    expect(failureOf(() => results.wait(NOT_OPEN, 1))).to.include({ code: 'EBADF', syscall: 'epoll_wait' });
    expect(failureOf(() => results.wait(reader, Infinity))).to.include({ code: 'EINVAL' });
  });

  it('throws EMFILE when the process has no descriptor left', () => {
    const program = `
      import { epollCreate, eventCounter, pipe, socket, open } from ${JSON.stringify(import.meta.resolve('@escapement/posix'))};
      const attempt = call => { try { for (;;) call(); } catch (error) { console.log(error.code, error.syscall); } };
      attempt(epollCreate);
      attempt(eventCounter);
      attempt(pipe);
      attempt(() => socket('unix'));
      attempt(() => open('/dev/null'));
      process.exit();`;
    const { stdout } = spawnSync(
      'sh',
      ['-c', 'ulimit -n 64; exec "$0" --input-type=module -e "$1"', process.execPath, program],
      { encoding: 'utf8', timeout: 15_000 },
    );
    expect(stdout).to.equal('EMFILE epoll_create1\nEMFILE eventfd\nEMFILE pipe2\nEMFILE socket\nEMFILE open\n');
  });

  it('leaves no garbage behind: a hundred thousand looks', () => {
    const epoll = opened.add(epollCreate());
    const { reader, writer } = opened.add(pipe());
    write(writer, new Uint8Array(1));
    epollControl(epoll, add, reader, readable);
    const results = new EpollResults();
    const look = (times: number) => {
      for (let n = 0; n < times; n++) {
        if (results.look(epoll) !== 1 || results.fdAt(0) !== reader) throw new Error('not found');
        epollControl(epoll, modify, reader, readable);
      }
    };
    look(2000);
    collect();
    const used = process.memoryUsage().heapUsed;
    look(100_000);
    expect(process.memoryUsage().heapUsed - used).to.be.below(4 * 1024 * 1024);
  });
});

describe('posix: the event counter', () => {
  const opened = givingBackDescriptors();

  it('is readable once raised, however often, until it is lowered', () => {
    const counter = opened.add(eventCounter());
    const epoll = opened.add(epollCreate());
    const results = new EpollResults();
    epollControl(epoll, add, counter, readable);
    lower(counter);
    expect(results.look(epoll)).to.equal(0);
    for (let n = 0; n < 3; n++) raise(counter);
    expect(results.look(epoll)).to.equal(1);
    lower(counter);
    expect(results.look(epoll)).to.equal(0);
    expect(read(counter, new Uint8Array(8))).to.equal(WOULD_BLOCK);
  });

  it('stays raised when it is full', () => {
    const counter = opened.add(eventCounter());
    write(counter, new Uint8Array(new BigUint64Array([0xffff_ffff_ffff_fffen]).buffer));
    raise(counter);
    expect(read(counter, new Uint8Array(8))).to.equal(8);
  });

  it('throws EBADF if it is not open', () => {
    const gone = eventCounter();
    const only = new Opened();
    only.add(gone);
    only.closeAll();
    expect(failureOf(() => raise(NOT_OPEN))).to.include({ code: 'EBADF', syscall: 'write' });
    expect(failureOf(() => lower(NOT_OPEN))).to.include({ code: 'EBADF', syscall: 'read' });
  });
});
