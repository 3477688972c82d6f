import { awaiting } from './awaiting.js';
import type { Benchmark } from './benchmark.js';
import { building } from './building.js';
import { cancelling } from './cancelling.js';
import { coldStart } from './cold-start.js';
import { combining } from './combining.js';
import { contextSwitching } from './context-switching.js';
import { deepStacks } from './deep-stacks.js';
import { exploring } from './exploring.js';
import { hostCode } from './host-code.js';
import { instrumenting } from './instrumenting.js';
import { limiting } from './limiting.js';
import { metering } from './metering.js';
import { otherLibraries } from './other-libraries.js';
import { scheduling } from './scheduling.js';
import { selecting } from './selecting.js';
import { sleepers } from './sleepers.js';
import { spawning } from './spawning.js';
import { streaming } from './streaming.js';
import { switching } from './switching.js';
import { synchronizing } from './synchronizing.js';
import { virtualTime } from './virtual-time.js';

/** In the order of the report. */
export const benchmarks: readonly Benchmark[] = [
  switching,
  scheduling,
  deepStacks,
  spawning,
  hostCode,
  combining,
  cancelling,
  limiting,
  synchronizing,
  selecting,
  awaiting,
  streaming,
  otherLibraries,
  sleepers,
  building,
  coldStart,
  metering,
  instrumenting,
  virtualTime,
  exploring,
  // Last: on Node 20 and 22, what an `AsyncResource` needs makes each promise of the process several times as slow from then on.
  contextSwitching,
];
