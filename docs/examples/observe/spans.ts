import { inContext } from '@escapement/host';
import { spansModule } from '@escapement/observe/spans/module';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createLoop, setTimeoutModule, sleep, sleepModule, spawn } from 'escapement';

// Once in an application, as for async functions; here the spans are kept in memory.
const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));

const tracer = trace.getTracer('shop');

function* query(sql: string) {
  const span = tracer.startSpan(sql);
  try {
    // Active until the wait is over; `context.with` itself takes a callback, which cannot wait.
    yield* inContext(capture => context.with(trace.setSpan(context.active(), span), capture), sleep(2));
  } finally {
    span.end();
  }
}

const loop = createLoop(setTimeoutModule, sleepModule, spansModule());
await loop.run(function* order() {
  yield* spawn(query('select stock'), { name: 'check stock' });
  yield* spawn(query('select price'), { name: 'check price' });
});

const spans = exporter.getFinishedSpans();
for (const { name, parentSpanContext } of spans) {
  const parent = spans.find(span => span.spanContext().spanId === parentSpanContext?.spanId);
  console.log(`${name} <- ${parent?.name ?? 'nothing'}`);
}
