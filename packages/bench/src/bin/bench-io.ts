#!/usr/bin/env node
import { describeMachine, OutputFile, progressView } from '@escapement/lab/internal';
// Compares servers on Escapement with the same on other loops: `npm run bench:io`.
import { Command, Option } from 'commander';
import { ioReport } from '../io/io-report.js';
import { SERVER_KINDS } from '../io/processes/server-kinds.js';
import { PARTS, type Part } from '../io/results.js';
import { runIoBench } from '../io/run.js';
import { chooseCores } from '../system/commands.js';
import { positive } from './positive.js';

interface Options {
  readonly quick?: boolean;
  readonly rounds?: number;
  readonly seconds?: number;
  readonly seed: number;
  readonly only: readonly Part[];
  readonly server?: readonly string[];
  readonly json?: string;
}

const THOROUGH = { rounds: 5, seconds: 2 };
const QUICK = { rounds: 1, seconds: 1 };

// `process.exit` kills the servers.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

const options = parse();
const { cores, cpu, os, node } = describeMachine();
const pinning = chooseCores();
console.log(`${cores} x ${cpu}, ${os}, Node ${node}, ${new Date().toISOString().slice(0, 10)}`);
console.log(
  pinning.arePinned
    ? 'Servers run on one core, clients on another.'
    : 'Servers and clients share the cores (with two cores and taskset they would not).',
);

try {
  await measureAndShow();
} catch (error) {
  console.error(`bench-io: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
// After a failure, servers may still run.
process.exit();

async function measureAndShow(): Promise<void> {
  const file = options.json === undefined ? undefined : await OutputFile.at('--json', options.json);
  const { rounds, seconds } = { ...(options.quick ? QUICK : THOROUGH), ...options };
  const kinds = SERVER_KINDS.filter(({ name }) => options.server?.includes(name) ?? true);
  console.log(`Rounds of ${seconds} s in shuffled order: ${rounds}. Medians; ratios within a round.\n`);
  const progress = progressView(process.stderr);
  const results = await runIoBench(options.only, kinds, {
    rounds,
    seconds,
    seed: options.seed,
    cores: pinning,
    progress: (part, done, total, doing) => progress.show(done / total, `${part}: ${doing}`),
  }).finally(() => progress.end());
  console.log(ioReport(results));
  await file?.write(`${JSON.stringify(results, null, 2)}\n`);
}

function parse(): Options {
  const names = SERVER_KINDS.map(({ name }) => name);
  return new Command('bench-io')
    .description('Compares servers on Escapement with the same on other loops, each in a process of its own.')
    .option('--quick', 'one round of one second: less exact figures, in four minutes instead of thirteen')
    .option('--rounds <count>', `how many times each is measured (${THOROUGH.rounds})`, positive)
    .option('--seconds <count>', `length of each measurement (${THOROUGH.seconds})`, positive)
    .option('--seed <number>', 'shuffle in the same order as another run', positive, 1)
    .addOption(new Option('--only <part...>', 'only these parts').choices(PARTS).default(PARTS))
    .addOption(new Option('--server <name...>', 'only these servers').choices(names))
    .option('--json <file>', 'write the complete results to this file')
    .parse()
    .opts<Options>();
}
