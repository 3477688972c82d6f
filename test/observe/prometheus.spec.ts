import type { LoopMetrics } from '@escapement/core';
import { LoopMeter } from '@escapement/observe';
import { expect } from 'chai';
import fc from 'fast-check';
import { load } from '../examples/example.js';
import { JumpStrategy, virtualLoopOf } from '../support/virtual-loop.js';
import { perform, randomWork } from './random-work.js';

const { prometheusText } = await load<typeof import('../../docs/examples/observe/prometheus.js')>(
  'docs/examples/observe/prometheus.ts',
);

// Reads the text format by its rules: https://prometheus.io/docs/instrumenting/exposition_formats/

interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

interface Family {
  readonly type: string;
  readonly samples: Sample[];
}

const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;
const NUMBER = /^(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]Inf|NaN)$/;
const UNESCAPED: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/** @throws Error if the text breaks a rule of the format */
function parse(text: string): Map<string, Family> {
  expect(text, 'the last line ends, too').to.match(/\n$/);
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let current: [name: string, family: Family] | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const type = TYPE.exec(line);
    if (type !== null) {
      current = [type[1]!, { type: type[2]!, samples: [] }];
      expect(families.has(current[0]), `${current[0]} comes once`).to.equal(false);
      families.set(...current);
      continue;
    }
    const sample = sampleOf(line);
    const [name, family] = current!;
    const suffixes = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    expect(
      suffixes.map(suffix => name + suffix),
      'it belongs to the type above it',
    ).to.include(sample.name);
    const series = JSON.stringify([sample.name, [...sample.labels]]);
    expect(seen.has(series), `${series} comes once`).to.equal(false);
    seen.add(series);
    family.samples.push(sample);
  }
  for (const [name, family] of families) if (family.type === 'histogram') checkHistogram(name, family);
  return families;
}

function sampleOf(line: string): Sample {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? expect.fail(`no sample: ${line}`);
  expect(value).to.match(NUMBER);
  return { name: name!, labels: labelsOf(labels), value: Number(value) };
}

function labelsOf(text: string): Map<string, string> {
  const labels = new Map<string, string>();
  for (LABEL.lastIndex = 0; LABEL.lastIndex < text.length; ) {
    const [, name, value] = LABEL.exec(text) ?? expect.fail(`no label: ${text}`);
    labels.set(
      name!,
      value!.replace(/\\./g, escaped => UNESCAPED[escaped]!),
    );
  }
  return labels;
}

function checkHistogram(name: string, { samples }: Family): void {
  const buckets = samples.filter(sample => sample.name === `${name}_bucket`);
  const bounds = buckets.map(({ labels }) => labels.get('le')!);
  expect(bounds.at(-1)).to.equal('+Inf');
  const numbers = bounds.slice(0, -1).map(Number);
  expect(numbers).to.deep.equal([...numbers].sort((a, b) => a - b));
  const counts = buckets.map(({ value }) => value);
  expect(counts, 'cumulative').to.deep.equal([...counts].sort((a, b) => a - b));
  expect(samples.filter(sample => sample.name === `${name}_count`).map(({ value }) => value)).to.deep.equal([
    counts.at(-1),
  ]);
  expect(samples.filter(sample => sample.name === `${name}_sum`)).to.have.lengthOf(1);
}

function sampleValue(families: Map<string, Family>, name: string, label?: string): number | undefined {
  const samples = families.get(name)?.samples ?? [];
  return samples.find(({ labels }) => label === undefined || [...labels.values()].includes(label))?.value;
}

describe('the metrics as text for Prometheus', () => {
  it('keep the rules of the format, and say what the metrics say', () => {
    fc.assert(
      fc.property(randomWork, work => {
        const strategy = new JumpStrategy();
        const { loop } = virtualLoopOf(strategy, { instruments: [new LoopMeter(strategy.clock)] });
        try {
          loop.runSync(perform(work, strategy.clock));
        } catch {}
        const metrics = loop.metrics();
        const families = parse(prometheusText(metrics));
        expect(sampleValue(families, 'escapement_steps_total')).to.equal(metrics.steps);
        expect(sampleValue(families, 'escapement_slept_seconds_total')).to.equal(metrics.sleptFor! / 1000);
        expect(sampleValue(families, 'escapement_tasks_ended_total', 'failed')).to.equal(metrics.tasks!.failed);
        for (const { labels, value } of families.get('escapement_step_duration_seconds')!.samples) {
          const le = labels.get('le');
          if (le === undefined || le === '+Inf') continue;
          const within = metrics.stepDuration!.buckets.filter(({ below }) => below / 1000 <= Number(le) * 1.0001);
          expect(value).to.equal(within.reduce((sum, { count }) => sum + count, 0));
        }
      }),
      { numRuns: 15 },
    );
  });

  it('escape names that are not ours', () => {
    const nasty = 'a "code"\\\n{of},mine=1';
    const metrics: LoopMetrics = { inFlight: { [nasty]: 2 }, warnings: { [nasty]: 3, plain: 1 } };
    const families = parse(prometheusText(metrics));
    expect(sampleValue(families, 'escapement_in_flight', nasty)).to.equal(2);
    expect(sampleValue(families, 'escapement_warnings_total', nasty)).to.equal(3);
    expect(sampleValue(families, 'escapement_warnings_total', 'plain')).to.equal(1);
  });

  it('leave out what nobody measures', () => {
    expect(prometheusText({ inFlight: {} })).to.equal('');
    expect([...parse(prometheusText({ inFlight: { IoHandler: 1 } })).keys()]).to.deep.equal(['escapement_in_flight']);
  });

  it('are read by a parser that can fail', () => {
    const histogram = '# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 3\na_sum 1\na_count 3\n';
    expect(() => parse(histogram)).to.not.throw();
    for (const [from, to] of [
      ['} 2', '} 4'],
      ['a_count 3', 'a_count 4'],
      ['+Inf', '2'],
      ['a_sum', 'b_sum'],
      ['a_count 3\n', 'a_count 3'],
      ['"1"', '"1'],
      ['a_sum 1', 'a_sum one'],
      ['a_sum 1', 'a_sum 1\na_sum 1'],
    ] as const)
      expect(() => parse(histogram.replace(from, to)), to).to.throw();
  });
});
