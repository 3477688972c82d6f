import { Recorder } from './recorder.js';
import type { RecordingOptions } from './recording-options.js';

/**
 * Makes a recorder, an instrument that keeps what the loop did in the last seconds, for [Perfetto](https://ui.perfetto.dev). One for
 * each loop. In a wired loop: `recordingModule`.
 *
 * Cost: three reads of the clock for each step, 16 MiB of memory by default, and some microseconds per recorded step for a dump.
 *
 * @throws InvalidArgumentError for wrong options
 * @example
 * const recorder = recording({ seconds: 10, slowStep: 50, dumped: dump => writeFileSync('slow.pftrace', dump) });
 * const loop = new EventLoop({ strategy, handlers, instruments: [recorder] });
 */
export function recording(options: RecordingOptions = {}): Recorder {
  return new Recorder(options);
}
