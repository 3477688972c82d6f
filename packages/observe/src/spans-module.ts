import { EventHandler, InvalidArgumentError } from '@escapement/core';
import { AsyncContext, type EnterContext } from '@escapement/host';
import { Instruments, LoopModule } from '@escapement/wiring';
import { type SpanOptions, TaskSpans } from './spans/task-spans.js';

/**
 * Gives each task a span of OpenTelemetry and an async context; see `TaskSpans`. Leave `asyncContextModule` out.
 *
 * @example const loop = createLoop(setTimeoutModule, sleepModule, spansModule({ only: task => !task.isDaemon }));
 * @throws InvalidArgumentError for wrong options, and if the loop gets `asyncContextModule` before
 */
export function spansModule(options: SpanOptions = {}): LoopModule<EnterContext> {
  // Wrong options are reported here, and not when the loop is built.
  new TaskSpans(options);
  return new LoopModule<EnterContext>(({ bind, isBound }) => {
    if (isBound(AsyncContext) || isBound(TaskSpans)) throw twice();
    bind(TaskSpans)
      .toDynamicValue(() => new TaskSpans(options))
      .inSingletonScope();
    bind(EventHandler).toService(TaskSpans);
    bind(Instruments).toService(TaskSpans);
  });
}

function twice(): InvalidArgumentError {
  return new InvalidArgumentError(
    'ESC_DUPLICATE_PLUGIN',
    'spansModule() gives each task an async context, but another module that does was loaded before. Leave asyncContextModule out, and pass spansModule() once.',
  );
}
