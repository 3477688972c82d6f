#!/usr/bin/env node
import { describeMachine } from '@escapement/lab/internal';
// Compares the kernel with its anchors: `npm run bench`.
import { Command, Option } from 'commander';
import type { BenchmarkResult } from '../kernel/benchmark.js';
import { benchmarks } from '../kernel/benchmarks.js';
import { resultsTable } from '../kernel/results-table.js';
import { positive } from './positive.js';

const command = new Command('bench')
  .description('Measures Escapement side by side with its anchors, in alternating rounds, against its targets.')
  .option('--rounds <count>', 'how many times each side is measured', positive, 9)
  .addOption(
    new Option('--only <benchmark...>', 'only these benchmarks').choices(benchmarks.map(benchmark => benchmark.name)),
  )
  .parse();
const { rounds, only } = command.opts<{ rounds: number; only?: string[] }>();

const { cores, cpu, os, node } = describeMachine();
console.log(`${cores} x ${cpu}, ${os}, Node ${node}, ${new Date().toISOString().slice(0, 10)}`);
const results: BenchmarkResult[] = [];
for (const benchmark of benchmarks.filter(({ name }) => only === undefined || only.includes(name))) {
  process.stderr.write(`${benchmark.name} ...\n`);
  results.push(...(await benchmark.run(rounds)));
}
console.log(`Medians of ${rounds} rounds (sleepers: of at most 3), sides alternating in shuffled order.\n`);
console.log(resultsTable(results));
