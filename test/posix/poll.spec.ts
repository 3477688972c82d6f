import { close, EpollEvents, PollEvents, PollList, pipe, write } from '@escapement/posix';
import { expect } from 'chai';
import fc from 'fast-check';
import { connectedPair, givingBackDescriptors, NOT_OPEN } from '../support/descriptors.js';

const { readable, writable, hangUp, error, invalid } = PollEvents;

describe('posix: PollList', () => {
  const opened = givingBackDescriptors();

  it('finds descriptors that are ready, and those that are not open', () => {
    const { reader, writer } = opened.add(pipe());
    const list = new PollList();
    const places = [
      list.add(reader, readable),
      list.add(writer, readable | writable),
      list.add(NOT_OPEN, readable),
      list.add(reader, writable),
    ];
    expect(list.poll(0)).to.equal(2);
    expect(places.map(place => list.foundAt(place))).to.deep.equal([0, writable, invalid, 0]);
    write(writer, new Uint8Array(1));
    expect(list.poll(0)).to.equal(3);
    expect(list.foundAt(0)).to.equal(readable);
  });

  it('finds hang-up and error without being asked for them', () => {
    const one = pipe();
    const other = pipe();
    const list = new PollList();
    list.add(opened.add(one.reader), 0);
    list.add(opened.add(other.writer), 0);
    close(one.writer);
    close(other.reader);
    expect(list.poll(0)).to.equal(2);
    expect(list.foundAt(0)).to.equal(hangUp);
    expect(list.foundAt(1) & error).to.equal(error);
  });

  it('waits until a descriptor is ready, or until the timeout', () => {
    const { reader, writer } = opened.add(pipe());
    const list = new PollList();
    list.add(reader, readable);
    const durations = Array.from({ length: 3 }, () => {
      const start = performance.now();
      expect(list.poll(20)).to.equal(0);
      return performance.now() - start;
    });
    // A signal may end one of them.
    expect(Math.max(...durations)).to.be.at.least(19.9);
    write(writer, new Uint8Array(1));
    expect(list.poll(-1)).to.equal(1);
  });

  it('can be empty', () => {
    expect(new PollList().poll(0)).to.equal(0);
  });

  it('rejects a capacity that is not a whole number', () => {
    for (const wrong of [1.5, -1, Number.NaN, Infinity, '3']) {
      expect(() => new PollList(wrong as number), String(wrong)).to.throw(RangeError, 'capacity');
    }
  });

  it('rejects a place that it does not have', () => {
    const list = new PollList();
    const { reader } = opened.add(pipe());
    for (const wrong of [0, -1, 1, 0.5, Number.NaN]) {
      expect(() => list.remove(wrong), String(wrong)).to.throw(RangeError, 'place');
      expect(() => list.set(wrong, reader, readable), String(wrong)).to.throw(RangeError, 'place');
      expect(list.count).to.equal(0);
    }
    list.add(reader, readable);
    for (const wrong of [-1, 1, 0.5]) expect(() => list.remove(wrong), String(wrong)).to.throw(RangeError, 'place');
    list.remove(0);
    expect(list.poll(0)).to.equal(0);
  });

  it('has the numbers of epoll', () => {
    for (const name of ['readable', 'writable', 'error', 'hangUp'] as const) {
      expect(PollEvents[name]).to.equal(EpollEvents[name]);
    }
  });

  it('does what a plain list would, however it is changed', () => {
    const fds = Array.from({ length: 4 }, () => opened.add(connectedPair())).flatMap(pair => Object.values(pair));
    const operation = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), fd: fc.nat(7), events: mask }) },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant('set' as const), at: fc.nat(99), fd: fc.nat(7), events: mask }),
      },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), at: fc.nat(99) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('poll' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
    );
    fc.assert(
      fc.property(fc.nat(3), fc.array(operation, { maxLength: 60 }), (capacity, operations) => {
        const list = new PollList(capacity);
        let model: Entry[] = [];
        for (const step of operations) {
          if (step.do === 'add') {
            expect(list.add(fds[step.fd]!, step.events)).to.equal(model.length);
            model.push({ fd: fds[step.fd]!, events: step.events, found: 0 });
          } else if (step.do === 'clear') {
            list.clear();
            model = [];
          } else if (step.do === 'poll') {
            // All of them can be written to, and nothing is there to read.
            for (const entry of model) entry.found = entry.events & writable;
            expect(list.poll(0)).to.equal(model.filter(({ found }) => found !== 0).length);
          } else if (model.length > 0) {
            const at = step.at % model.length;
            if (step.do === 'set') {
              list.set(at, fds[step.fd]!, step.events);
              model[at] = { fd: fds[step.fd]!, events: step.events, found: 0 };
            } else {
              const last = model.pop()!;
              const moves = at < model.length;
              if (moves) model[at] = last;
              expect(list.remove(at)).to.equal(moves ? last.fd : undefined);
            }
          }
          expect(entriesOf(list)).to.deep.equal(model);
        }
      }),
      { numRuns: 200 },
    );
  });
});

interface Entry {
  fd: number;
  events: number;
  found: number;
}

const mask = fc.constantFrom(0, readable, writable, readable | writable);

function entriesOf(list: PollList): Entry[] {
  return Array.from({ length: list.count }, (_, index) => ({
    fd: list.fdAt(index),
    events: list.eventsAt(index),
    found: list.foundAt(index),
  }));
}
