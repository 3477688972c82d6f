#!/usr/bin/env node
import { describeMachine } from '@escapement/lab';
// What the kernel has to reach, beside what it has to reach it against: `npm run bench`.
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Standing } from '../kernel/contest.js';
import { contests } from '../kernel/contests.js';
import { standingsTable } from '../kernel/standings-table.js';

const command = new Command('bench')
  .description('Measures what Escapement has to reach, side by side with its anchors, in alternating rounds.')
  .option('--rounds <count>', 'how often each side is measured', positive, 9)
  .addOption(new Option('--only <contest...>', 'some of the contests').choices(contests.map(contest => contest.name)))
  .parse();
const { rounds, only } = command.opts<{ rounds: number; only?: string[] }>();

const { cores, cpu, os, node } = describeMachine();
console.log(`${cores} x ${cpu}, ${os}, Node ${node}, ${new Date().toISOString().slice(0, 10)}`);
const standings: Standing[] = [];
for (const contest of contests.filter(({ name }) => only === undefined || only.includes(name))) {
  process.stderr.write(`${contest.name} ...\n`);
  standings.push(...(await contest.run(rounds)));
}
console.log(`Medians of ${rounds} rounds (sleepers: of at most 3), sides alternating in shuffled order.\n`);
console.log(standingsTable(standings));

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('expected a whole number above 0');
}
