import { Queue } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import {
  atomicsWaitModule,
  busyWaitModule,
  createLoop,
  group,
  hybridModule,
  messageChannelModule,
  pause,
  phasedModule,
  preciseTimeoutModule,
  type SleepFor,
  select,
  setImmediateModule,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
  type TaskGroup,
  timeout,
} from 'escapement';

const MODULES = {
  atomicsWaitModule,
  busyWaitModule,
  hybridModule,
  messageChannelModule,
  phasedModule,
  preciseTimeoutModule,
  setImmediateModule,
  setTimeoutModule,
};

for (const [name, module] of Object.entries(MODULES)) {
  const loop = createLoop(module, sleepModule, syncModule);
  const log = await loop.run(function* () {
    const lines: string[] = [];
    try {
      yield* timeout(5, sleep(60_000));
    } catch (error) {
      lines.push((error as Error).name);
    }
    const jobs = new Queue<string>();
    yield* spawn(function* () {
      yield* sleep(2);
      yield* jobs.put('job');
    });
    const { key } = yield* select({ job: jobs.get(), late: sleep(60_000) });
    lines.push(key);
    yield* group(function* (tasks: TaskGroup<SleepFor>) {
      tasks.spawn(function* () {
        try {
          yield* sleep(60_000);
        } finally {
          lines.push('cleaned up');
        }
      });
      yield* pause();
      tasks.cancel();
    });
    lines.push(`${[...loop.view.tasks()].length} task`);
    return lines.join(', ');
  });
  console.log(`${name}: ${log}`);
}

try {
  createLoop(hybridModule, sleepModule, syncModule).runSync(function* main() {
    yield* new Queue<string>({ name: 'jobs' }).get();
  });
} catch (error) {
  console.log((error as Error).message);
}
