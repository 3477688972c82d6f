import { instrumentLaws } from '@escapement/conformance';
import { inContext } from '@escapement/host';
import { asyncContextModule } from '@escapement/host/module';
import { type SpanOptions, TaskSpans } from '@escapement/observe/spans';
import { spansModule } from '@escapement/observe/spans/module';
import { context, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import {
  all,
  createLoop,
  ensure,
  InvalidArgumentError,
  pause,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
  supervise,
  type Task,
} from 'escapement';
import fc from 'fast-check';
import { virtualLoop } from '../support/virtual-loop.js';
import { perform, randomWork } from './random-work.js';

// With the SDK of OpenTelemetry and its context manager.

const exporter = new InMemorySpanExporter();
let tracer: Tracer;

/** The ended spans as lines: a span below its parent. */
function tree(spans: readonly ReadableSpan[] = exporter.getFinishedSpans(), parent?: string, indent = ''): string[] {
  return spans
    .filter(span => span.parentSpanContext?.spanId === parent)
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap(span => [indent + span.name, ...tree(spans, span.spanContext().spanId, `${indent}  `)]);
}

function spanNamed(name: string): ReadableSpan {
  return exporter.getFinishedSpans().find(span => span.name === name)!;
}

function tracedLoop(options: SpanOptions = {}) {
  const spans = new TaskSpans({ tracer, ...options });
  return virtualLoop({ handlers: [spans], instruments: [spans] });
}

describe('the spans of tasks', () => {
  before(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    tracer = provider.getTracer('test');
  });

  after(() => context.disable());

  beforeEach(() => exporter.reset());

  it('have the span of the task that spawned them as parent, that of the program the active one of the host', () => {
    const { loop } = tracedLoop();
    tracer.startActiveSpan('host', host => {
      loop.runSync(function* main() {
        yield* spawn(
          function* () {
            yield* sleep(1);
            yield* spawn(sleep(1), { name: 'grandchild' });
          },
          { name: 'child' },
        );
        yield* spawn(sleep(1), { name: 'other child' });
      });
      host.end();
    });
    expect(tree()).to.deep.equal(['host', '  main', '    child', '      grandchild', '    other child']);
  });

  it('have spans as children that are made while they run, whatever runs in between', () => {
    const { loop } = tracedLoop();
    function* work(name: string) {
      for (let n = 1; n <= 2; n++) {
        yield* sleep(1);
        tracer.startSpan(`${name} ${n}`).end();
      }
    }
    loop.runSync(function* main() {
      yield* spawn(work('a'), { name: 'first' });
      yield* spawn(work('b'), { name: 'second' });
    });
    expect(tree()).to.deep.equal(['main', '  first', '    a 1', '    a 2', '  second', '    b 1', '    b 2']);
    expect(trace.getSpan(context.active())).to.equal(undefined);
  });

  it('let inContext make another span active across waits, and tasks spawned in there are its children', () => {
    const { loop } = tracedLoop();
    loop.runSync(function* main() {
      const query = tracer.startSpan('query');
      yield* inContext(
        capture => context.with(trace.setSpan(context.active(), query), capture),
        function* () {
          yield* sleep(1);
          yield* spawn(sleep(1), { name: 'fetch' });
        },
      );
      query.end();
      tracer.startSpan('later').end();
    });
    expect(tree()).to.deep.equal(['main', '  later', '  query', '    fetch']);
  });

  it('are left out by choice: what happens in such a task belongs to the span around it', () => {
    const { loop } = tracedLoop({ only: task => task.name !== 'helper' });
    loop.runSync(function* main() {
      yield* spawn(
        function* () {
          yield* sleep(1);
          tracer.startSpan('inside').end();
          yield* spawn(sleep(1), { name: 'child' });
        },
        { name: 'helper' },
      );
    });
    expect(tree()).to.deep.equal(['main', '  child', '  inside']);
  });

  it('cover combinators and clean-ups', () => {
    const { loop } = tracedLoop({ only: task => ['main', 'one', 'two', 'cleanup of main'].includes(task.name) });
    const named = (name: string) =>
      function* () {
        yield* spawn(sleep(1), { name });
      };
    loop.runSync(function* main() {
      yield* ensure(function* () {
        tracer.startSpan('cleaned').end();
      });
      yield* all([named('one'), named('two')]);
    });
    expect(tree()).to.include.members(['main', '  one', '  two']);
    expect(tree().filter(line => line.trim() === 'cleaned')[0]).to.match(/^ {2,4}cleaned$/);
  });

  it('tell the id of the task and whether it is a daemon', () => {
    const { loop } = tracedLoop();
    let id = 0;
    loop.runSync(function* main() {
      ({ id } = yield* spawn(sleep(5), { name: 'daemon', daemon: true }));
    });
    expect(spanNamed('daemon').attributes).to.include({ 'escapement.task.id': id, 'escapement.task.daemon': true });
    expect(spanNamed('main').attributes).to.include({ 'escapement.task.daemon': false });
  });

  it('of failed tasks have the exception and the status of an error, and nothing is written to the error', () => {
    const { loop } = tracedLoop();
    const error = Object.freeze(new RangeError('out of range'));
    expect(() =>
      loop.runSync(function* main() {
        yield* sleep(1);
        throw error;
      }),
    ).to.throw(RangeError);
    const { status, events } = spanNamed('main');
    expect(status).to.deep.equal({ code: SpanStatusCode.ERROR, message: 'out of range' });
    expect(events.map(({ name, attributes }) => [name, attributes?.['exception.type']])).to.deep.equal([
      ['exception', 'RangeError'],
    ]);
  });

  it('of failed tasks describe what is no error, or cannot be looked at', () => {
    const { loop, warnings } = tracedLoop();
    const hostile = Object.create(Error.prototype, {
      message: {
        get() {
          throw new Error('hostile');
        },
      },
    });
    loop.runSync(function* main() {
      for (const [name, thrown] of [
        ['hostile', hostile],
        ['nothing', undefined],
      ] as const) {
        try {
          yield* supervise(function* () {
            const task = yield* spawn(
              function* () {
                throw thrown;
              },
              { name },
            );
            yield* task;
          });
        } catch {}
      }
    });
    expect(warnings).to.deep.equal([]);
    expect(spanNamed('nothing').status).to.deep.equal({ code: SpanStatusCode.ERROR, message: 'undefined' });
    expect(spanNamed('hostile').status.code).to.equal(SpanStatusCode.ERROR);
    expect(spanNamed('hostile').events).to.have.lengthOf(1);
  });

  it('of cancelled tasks say so, with the reason, and are no errors', () => {
    const { loop } = tracedLoop();
    loop.runSync(function* main() {
      const task = yield* spawn(sleep(10), { name: 'cancelled' });
      yield* pause();
      task.cancel('too slow');
    });
    const { attributes, status } = spanNamed('cancelled');
    expect(attributes).to.include({
      'escapement.task.cancelled': true,
      'escapement.task.cancel_reason': '"too slow"',
    });
    expect(status.code).to.equal(SpanStatusCode.UNSET);
    expect(spanNamed('main').attributes).to.not.have.property('escapement.task.cancelled');
  });

  it('end with their tasks, also in a run that breaks', () => {
    const { loop } = tracedLoop();
    expect(() =>
      loop.runSync(function* main() {
        yield* spawn(
          function* () {
            yield 'no event' as never;
          },
          { name: 'child' },
        );
      }),
    ).to.throw();
    expect(tree()).to.deep.equal(['main', '  child']);
  });

  it('are a tree like that of the tasks, in random programs, and say how each ended', () => {
    fc.assert(
      fc.property(randomWork, work => {
        exporter.reset();
        const tasks: Task[] = [];
        const spans = new TaskSpans({ tracer });
        const { loop, clock } = virtualLoop({
          handlers: [spans],
          instruments: [spans, { taskSpawned: task => tasks.push(task) }],
        });
        try {
          loop.runSync(perform(work, clock));
        } catch {}
        const ended = exporter.getFinishedSpans();
        const idOf = (span: ReadableSpan | undefined) => span?.attributes['escapement.task.id'];
        const byId = new Map(ended.map(span => [span.spanContext().spanId, span]));
        const told = ended.map(span => [
          idOf(span),
          idOf(byId.get(span.parentSpanContext?.spanId ?? '')),
          span.name,
          span.status.code === SpanStatusCode.ERROR,
          span.attributes['escapement.task.cancelled'] === true,
        ]);
        const expected = tasks.map(({ id, parent, name, result: { state } }) => [
          id,
          parent?.id,
          name,
          state === 'failed',
          state === 'cancelled',
        ]);
        expect(told).to.have.deep.members(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('come from spansModule, for tasks of a program and of host code', async () => {
    const loop = createLoop(setTimeoutModule, sleepModule, spansModule({ tracer }));
    await tracer.startActiveSpan('request', async request => {
      await loop.spawn(sleep(1), { name: 'answer' });
      request.end();
    });
    expect(tree()).to.deep.equal(['request', '  answer']);
  });

  it('are refused beside asyncContextModule, twice, and with wrong options', () => {
    expect(() => createLoop(setTimeoutModule, asyncContextModule, spansModule({ tracer }))).to.throw(
      InvalidArgumentError,
      'Leave asyncContextModule out',
    );
    expect(() => createLoop(setTimeoutModule, spansModule({ tracer }), asyncContextModule)).to.throw('EnterContext');
    expect(() => createLoop(setTimeoutModule, spansModule(), spansModule())).to.throw('pass spansModule() once');
    expect(() => new TaskSpans({ only: 5 as never })).to.throw('new TaskSpans for `only` got 5');
    expect(() => spansModule({ tracer: 'mine' as never })).to.throw('new TaskSpans for `tracer` got "mine"');
    expect(() => spansModule(5 as never)).to.throw(InvalidArgumentError, 'new TaskSpans got 5, expected options');
  });

  it('have types: what must not compile', () => {
    function doesNot() {
      // @ts-expect-error no such option
      spansModule({ onli: () => true });
      // @ts-expect-error tells whether, for a task
      spansModule({ only: (name: string) => name === 'main' });
      // @ts-expect-error no tracer
      new TaskSpans({ tracer: {} });
      const loop = createLoop(setTimeoutModule, spansModule());
      // @ts-expect-error no module handles sleep
      return loop.run(sleep(1));
    }
    function compiles() {
      const loop = createLoop(setTimeoutModule, spansModule());
      return loop.run(inContext(capture => capture(), pause()));
    }
    expect([doesNot, compiles]).to.have.lengthOf(2);
  });
});

instrumentLaws({ describe, it }, { instrument: () => new TaskSpans() });
