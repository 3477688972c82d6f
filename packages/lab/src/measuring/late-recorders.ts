import { Clock, type Instant, Instruments, LoopModule } from 'escapement';
import type { LateTick } from '../results/results.js';
import { LateRecorder, type LateWanted } from '../why/late-recorder.js';
import { type CollectorPause, explain } from '../why/late-wake.js';
import { runQueueReader } from './run-queue-reader.js';

/** What a row's loops get in the rounds that ask why sleepers are late: a recorder for each loop. */
export class LateRecorders {
  readonly #recorders: LateRecorder[] = [];
  readonly module: LoopModule;

  constructor(wanted: LateWanted) {
    const readNoCore = runQueueReader();
    this.module = new LoopModule(({ bind }) => {
      bind(Instruments)
        .toDynamicValue(context => {
          const recorder = new LateRecorder(context.get(Clock), wanted, readNoCore);
          this.#recorders.push(recorder);
          return recorder;
        })
        .inSingletonScope();
    });
  }

  /** The late ticks since the last call. @param begin of the round, on the clock of `performance.now()` */
  take(pauses: readonly CollectorPause[], begin: Instant): LateTick[] {
    const all = this.#recorders.flatMap(recorder => recorder.take());
    // What woke before is no part of the round.
    return all.map(wake => explain(wake, pauses, begin - wake.hostOffset)).filter(({ at }) => at >= 0);
  }
}
