import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { alternate, type Candidate } from '@escapement/lab/internal';
import type { Benchmark } from './benchmark.js';

/** The time before the first step of a program. Each figure is measured in a new process, where nothing is compiled yet. */
export const coldStart: Benchmark = {
  name: 'cold',
  async run(rounds) {
    const candidates = [
      importing('escapement'),
      importing('@escapement/core'),
      importing('inversify'),
      loop,
      container,
    ];
    const figures = await alternate(candidates, { rounds });
    const of = ({ name }: Candidate) => figures.get(name)!;
    const [all, core, inversify] = candidates as [Candidate, Candidate, Candidate];
    return [
      {
        what: "import 'escapement', cold",
        unit: 'ms',
        ours: of(all),
        anchor: { name: inversify.name, figure: of(inversify) },
        reach: { atMost: 150 },
      },
      {
        what: "import '@escapement/core', cold",
        unit: 'ms',
        ours: of(core),
        anchor: { name: inversify.name, figure: of(inversify) },
        reach: { atMost: 15 },
      },
      {
        what: 'createLoop, first of a process',
        unit: 'ms',
        ours: of(loop),
        anchor: { name: container.name, figure: of(container) },
        reach: { atMost: 3 },
      },
    ];
  },
};

function importing(specifier: string): Candidate {
  return measured(`import '${specifier}'`, '', `await import(${JSON.stringify(import.meta.resolve(specifier))});`);
}

const loop = measured(
  'createLoop',
  `import { busyWaitModule, createLoop, LoopModule, sleepModule } from ${JSON.stringify(import.meta.resolve('escapement'))};
   const third = new LoopModule(() => {});`,
  'createLoop(busyWaitModule, sleepModule, third);',
);

/** The cost of every program with inversify: one module, one binding, one `get`. */
const container = measured(
  'a bare container',
  `import { Container, ContainerModule } from ${JSON.stringify(import.meta.resolve('inversify'))};
   const module = new ContainerModule(({ bind }) => void bind('answer').toDynamicValue(() => 42).inSingletonScope());`,
  `const container = new Container({ defaultScope: 'Singleton' });
   container.load(module);
   container.get('answer');`,
);

/** Measures in a new process how many milliseconds `action` takes after `preparation`. */
function measured(name: string, preparation: string, action: string): Candidate {
  const program = `${preparation}
    const start = performance.now();
    ${action}
    console.log(performance.now() - start);`;
  return {
    name,
    async run() {
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
      return Number(stdout);
    },
  };
}
