import {
  atomicsWaitModule,
  createLoop,
  type Instrument,
  Instruments,
  LoopModule,
  sleep,
  sleepModule,
  spawn,
} from 'escapement';

const monitor: Instrument = {
  stepStarted: task => console.log(`the loop resumes ${task.name}`),
  suspended: (task, event) => console.log(`  ${task.name} is idle: ${event}`),
  taskEnded: task => console.log(`  ${task.name} ${task.result.state}`),
};
const monitorModule = new LoopModule(({ bind }) => {
  bind(Instruments).toConstantValue(monitor);
});

function* main() {
  yield* spawn(sleep(40), { name: 'long' });
  yield* spawn(sleep(20), { name: 'short' });
}

createLoop(atomicsWaitModule, sleepModule, monitorModule).runSync(main);
