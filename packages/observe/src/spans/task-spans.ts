import { checkArgument, checkCallback, describe, safely, type Task, TaskSlot } from '@escapement/core';
import { AsyncContext } from '@escapement/host';
import { context, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';

/** Which tasks get a span, and whose. */
export interface SpanOptions {
  /**
   * Whether `task` gets a span; by default each does, except the one called `host` above the tasks that host code spawns. What happens in a task without belongs to the span around it.
   * Must not throw.
   */
  readonly only?: (task: Task) => boolean;
  /** Makes the spans; by default the one that OpenTelemetry's global provider has for this package. */
  readonly tracer?: Tracer;
}

/**
 * Gives each task a span of OpenTelemetry, from its spawn to its end, and an async context in which that span is active: spans that
 * are made in the task are its children, and so are those of the tasks that it spawns. What host code spawns, or runs, is a child
 * of the host's active span.
 *
 * It is an `AsyncContext`, too, so leave that one out. Pass one object as handler and as instrument. In a wired loop: `spansModule`.
 * The application registers a tracer provider and a context manager, as for async functions.
 *
 * A task that fails has an exception and the status `ERROR`. Attributes: `escapement.task.id`, `escapement.task.daemon`, and of a
 * cancelled task `escapement.task.cancelled` and `escapement.task.cancel_reason`.
 *
 * @example
 * const spans = new TaskSpans({ only: task => task.name.startsWith('request') });
 * const loop = new EventLoop({ strategy, handlers: [spans], instruments: [spans] });
 * @throws InvalidArgumentError from the constructor, for wrong options
 */
export class TaskSpans extends AsyncContext {
  readonly #spans = new TaskSlot<Span | undefined>();
  readonly #only: (task: Task) => boolean;
  readonly #tracer: Tracer;

  constructor(options: SpanOptions = {}) {
    super();
    const { only = () => true, tracer = trace.getTracer('@escapement/observe') } = checkArgument(
      'new TaskSpans',
      options,
      'object',
      'options, like { only: task => task.name === "request" }',
    );
    this.#only = checkCallback('new TaskSpans for `only`', only, 'a function that takes a task');
    this.#tracer = checkArgument('new TaskSpans for `tracer`', tracer, 'object', 'a tracer of OpenTelemetry');
  }

  /** Starts the task's span in the context of the code that spawns it, and makes it the active one of the task. */
  override taskSpawned(task: Task): void {
    super.taskSpawned(task);
    if (isForHostCode(task) || !this.#only(task)) return;
    this.change(task, capture => {
      const span = this.#tracer.startSpan(task.name, { attributes: attributesOf(task) });
      this.#spans.set(task, span);
      context.with(trace.setSpan(context.active(), span), capture);
    });
  }

  /** Ends the task's span. */
  override taskEnded(task: Task): void {
    super.taskEnded(task);
    const span = this.#spans.get(task);
    if (span === undefined) return;
    this.#spans.set(task, undefined);
    recordResult(span, task);
    span.end();
  }
}

/** The task under which a run keeps what host code spawns lasts as long as the server, and no request is its parent. */
function isForHostCode({ parent, name }: Task): boolean {
  return parent === undefined && name === 'host';
}

function attributesOf(task: Task) {
  return { 'escapement.task.id': task.id, 'escapement.task.daemon': task.isDaemon };
}

function recordResult(span: Span, { result }: Task): void {
  if (result.state === 'cancelled') {
    span.setAttributes({
      'escapement.task.cancelled': true,
      'escapement.task.cancel_reason': describe(result.reason),
    });
  } else if (result.state === 'failed') {
    recordError(span, result.error);
  }
}

/** It may be anything that a program can throw: a getter of it may throw in its turn. */
function recordError(span: Span, error: unknown): void {
  const message = describe(error);
  const isRecorded = safely(() => {
    if (!(error instanceof Error)) return false;
    span.recordException(error);
    return true;
  });
  if (!isRecorded) span.recordException(message);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
