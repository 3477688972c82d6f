import type { LoopMetrics } from '@escapement/core';
import type { DurationHistogram } from '@escapement/observe';

/** From 1 µs to 16.8 s, each four times the one before: powers of two, so they are also bounds of the meter's buckets. */
const BOUNDS_US = Array.from({ length: 13 }, (_, n) => 4 ** n);

/** The metrics of a loop in the text format of Prometheus, with times in seconds. */
export function prometheusText(metrics: LoopMetrics): string {
  const { spawned, ...ended } = metrics.tasks ?? {};
  return [
    labelled('in_flight', 'gauge', 'handler', metrics.inFlight),
    counter('steps_total', metrics.steps),
    counter('switches_total', metrics.switches),
    counter('sleeps_total', metrics.sleeps),
    counter('slept_seconds_total', metrics.sleptFor && metrics.sleptFor / 1000),
    counter('crashes_total', metrics.crashes),
    counter('tasks_spawned_total', spawned),
    labelled('tasks_ended_total', 'counter', 'result', ended),
    labelled('warnings_total', 'counter', 'code', metrics.warnings),
    histogram('sleep_overshoot_seconds', metrics.overshoot),
    histogram('ready_delay_seconds', metrics.readyDelay),
    histogram('step_duration_seconds', metrics.stepDuration),
  ].join('');
}

function family(name: string, type: string, samples: readonly (readonly [suffix: string, value: number])[]): string {
  const lines = samples.map(([suffix, value]) => `escapement_${name}${suffix} ${value}\n`);
  return lines.length === 0 ? '' : `# TYPE escapement_${name} ${type}\n${lines.join('')}`;
}

function counter(name: string, value: number | undefined): string {
  return value === undefined ? '' : family(name, 'counter', [['', value]]);
}

function labelled(name: string, type: string, label: string, values: object = {}): string {
  const escaped = (text: string) => text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n');
  const samples = Object.entries(values).map(([key, value]) => [`{${label}="${escaped(key)}"}`, value] as const);
  return family(name, type, samples);
}

function histogram(name: string, measured: DurationHistogram | undefined): string {
  if (measured === undefined) return '';
  const { buckets, count, sum } = measured;
  const upTo = (ms: number) => buckets.reduce((total, one) => total + (one.below <= ms ? one.count : 0), 0);
  return family(name, 'histogram', [
    ...BOUNDS_US.map(us => [`_bucket{le="${us / 1e6}"}`, upTo(us / 1000)] as const),
    ['_bucket{le="+Inf"}', count],
    ['_sum', sum / 1000],
    ['_count', count],
  ]);
}
