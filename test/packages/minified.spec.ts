import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { build } from 'esbuild';
import { root } from '../architecture/workspace.js';

const PROGRAM = `
import { Lock, Semaphore } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import { resolved } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { createLoop, busyWaitModule, EventHandler, LoopEvent, race, sleep, sleepModule, spawn, timeout } from 'escapement';

class Doorbell extends LoopEvent { kind = 'door-bell'; loud = true; }
const loop = createLoop(busyWaitModule, sleepModule, syncModule);
const told = [];
function* tell(make) {
  try { yield* make(); } catch (error) { told.push([error.name, error.code, error.stack.split(':')[0], error.message]); }
}
loop.runSync(function* main() {
  yield* tell(() => new Doorbell());
  yield* tell(() => timeout(0, sleep(5)));
  yield* tell(() => timeout(5, 5));
  yield* tell(() => race([]));
  yield* tell(() => sleep(-1));
  yield* tell(() => new Semaphore(-1).acquire());
  yield* tell(() => resolved(5));
  yield* tell(function* () { new Lock('db').release(); });
  yield* tell(function* () { const task = yield* spawn(sleep(5)); task.cancel(); yield* task; });
});
function message(action) { try { action(); } catch (error) { return error.message; } }
const refusal = message(() => createLoop(busyWaitModule, promiseModule).runSync(sleep(1)));
console.log(JSON.stringify([told, refusal, String(sleep(5)), String(new Doorbell()), String(new Lock().acquire())]));
`;

describe('a program that is bundled and minified', function () {
  this.timeout(60_000);
  let told: readonly (readonly string[])[];
  let refusal: string;
  let events: readonly string[];

  before(async () => {
    const folder = mkdtempSync(join(root, 'test/dist/minified-'));
    try {
      const [entry, outfile] = [join(folder, 'program.mjs'), join(folder, 'bundle.mjs')];
      writeFileSync(entry, PROGRAM);
      await build({ entryPoints: [entry], outfile, bundle: true, minify: true, format: 'esm', platform: 'node' });
      const { stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' });
      expect(stderr).to.equal('');
      [told, refusal, ...events] = JSON.parse(stdout);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('keeps the names and codes of errors, also in their stacks', () => {
    expect(told.map(([name, code]) => `${name} ${code}`)).to.deep.equal([
      'NoHandlerError ESC_NO_HANDLER',
      'TimeoutError ESC_TIMEOUT',
      'NotACoroutineError ESC_NOT_A_COROUTINE',
      'InvalidArgumentError ESC_NO_CONTESTANTS',
      'InvalidTimeError ESC_INVALID_TIME',
      'InvalidCountError ESC_INVALID_COUNT',
      'NotAPromiseError ESC_NOT_A_PROMISE',
      'LockNotHeldError ESC_LOCK_NOT_HELD',
      'TaskCancelledError ESC_TASK_CANCELLED',
    ]);
    for (const [name, , inStack] of told) expect(inStack).to.equal(name);
  });

  it('names events and handlers in messages as if it were not', () => {
    const [, , , message] = told[0]!;
    expect(message).to.include('yielded DoorBell(loud=true), which no handler serves');
    expect(message).to.include('Handlers are installed for: TimeEvent, SyncEvent.');
    expect(refusal).to.include("PromiseHandler needs the host's own loop");
    expect(events).to.deep.equal(['SleepFor(duration=5)', 'DoorBell(loud=true)', 'Acquire(lock, held by nobody)']);
  });
});
