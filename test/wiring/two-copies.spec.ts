import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import * as e from 'escapement';
import { SignalHandler } from '../support/signal-event.js';
import { JumpStrategy, virtualLoop } from '../support/virtual-loop.js';

// biome-ignore lint/suspicious/noExplicitAny: types cannot tell what comes from another copy
type Anything = any;

const OTHER_VERSION = '0.0.9';

/** The folder of an installed package. */
function folderOf(name: string): string {
  return dirname(dirname(fileURLToPath(import.meta.resolve(name))));
}

function thrownBy(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('two copies', () => {
  let root: string;
  /** A second copy of core, sleep and wiring, as a nested `node_modules` would have it. */
  let twin: { core: Anything; sleep: Anything; sleepModule: Anything };
  /** A second copy of sleep that shares core. */
  let sleepTwin: Anything;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'two-copies-'));
    const theirs = join(root, 'both', 'node_modules');
    for (const name of ['core', 'sleep', 'wiring']) copyTo(theirs, name);
    symlink(theirs, 'inversify');
    symlink(theirs, 'reflect-metadata');
    const version = join(theirs, '@escapement/core/bundle/index.js');
    writeFileSync(version, readFileSync(version, 'utf8').replace(/(?<=const VERSION = )'[^']*'/, `'${OTHER_VERSION}'`));
    twin = {
      core: await load(theirs, 'core/bundle/index.js'),
      sleep: await load(theirs, 'sleep/bundle/index.js'),
      sleepModule: (await load(theirs, 'sleep/bundle/sleep-module.js')).sleepModule,
    };
    const shared = join(root, 'one', 'node_modules');
    copyTo(shared, 'sleep');
    symlinkSync(folderOf('@escapement/core'), join(shared, '@escapement/core'));
    sleepTwin = await load(shared, 'sleep/bundle/index.js');
  });

  after(() => rmSync(root, { recursive: true, force: true }));

  function copyTo(modules: string, name: string): void {
    const from = folderOf(`@escapement/${name}`);
    const to = join(modules, '@escapement', name);
    mkdirSync(to, { recursive: true });
    cpSync(join(from, 'bundle'), join(to, 'bundle'), { recursive: true });
    cpSync(join(from, 'package.json'), join(to, 'package.json'));
  }

  function symlink(modules: string, name: string): void {
    const main = fileURLToPath(import.meta.resolve(name));
    symlinkSync(
      main.slice(0, main.indexOf(`node_modules/${name}/`) + `node_modules/${name}`.length),
      join(modules, name),
    );
  }

  function load(modules: string, file: string): Promise<Anything> {
    return import(pathToFileURL(join(modules, '@escapement', file)).href);
  }

  /** Both versions, where the other copy is, and what helps. */
  function expectAdvice({ message }: Error): void {
    const own = JSON.parse(readFileSync(join(folderOf('@escapement/core'), 'package.json'), 'utf8')).version;
    expect(message).to.include('Two copies of @escapement/core').and.include(`${OTHER_VERSION} at `);
    expect(message).to.include(` and ${own} at `);
    expect(message).to.include('/both/node_modules/@escapement/core/');
    expect(message).to.include('npm dedupe').and.include('peerDependencies');
    expect(message).not.to.include('write `yield*`').and.not.to.include('extends LoopEvent');
  }

  describe('of core', () => {
    const programs: Readonly<Record<string, () => Anything>> = {
      'an event': () => twin.sleep.sleep(5),
      'an event that need not wait': () => twin.core.now(),
      'a coroutine': () => twin.sleep.timeout(5, twin.sleep.sleep(1)),
      'a pause': () => twin.core.pause(),
      'a combinator': () => twin.core.ensure(function* () {}),
      'a scope': () => twin.core.scope(function* () {}),
      'a wrapped coroutine': () =>
        twin.core.coroutine(function* (): Anything {
          yield* twin.core.currentTask();
        })(),
    };
    for (const [what, make] of Object.entries(programs)) {
      it(`${what} of the other copy is refused, and not for a missing yield*`, () => {
        for (const run of [
          () => virtualLoop().loop.runSync(make()),
          () =>
            virtualLoop().loop.runSync(function* (): Anything {
              return yield* make();
            }),
          () => virtualLoop().loop.runSync(e.all([make()])),
        ]) {
          const error = thrownBy(run);
          expect(error).to.be.instanceOf(e.NotAnEventError);
          expectAdvice(error);
        }
      });
    }

    it('a task of the other copy cannot be joined, and the error says why', () => {
      const clock = new e.PerformanceClock();
      const other = new twin.core.EventLoop({ strategy: new e.BusyWaitStrategy(clock) });
      let task: Anything;
      other.runSync(function* (): Anything {
        task = yield* twin.core.spawn(twin.core.pause());
      });
      // Its value is there already, so no loop is needed.
      expect(virtualLoop().loop.runSync(task)).to.equal(undefined);
      const waiting = thrownBy(() =>
        other.runSync(function* (): Anything {
          const pending = yield* twin.core.spawn(twin.core.pause());
          virtualLoop().loop.runSync(pending);
        }),
      );
      expectAdvice(waiting);
    });

    it('a handler of the other copy is refused when the loop is built', () => {
      const strategy = new JumpStrategy();
      const handler = new twin.sleep.SleepHandler(strategy.clock);
      const error = thrownBy(() => new e.EventLoop({ strategy, handlers: [handler] } as Anything));
      expect(error).to.be.instanceOf(e.TwoCopiesError).with.property('code', 'ESC_TWO_COPIES');
      expectAdvice(error);
    });

    it('a module of the other copy is refused by createLoop, and not left out in silence', () => {
      const error = thrownBy(() => e.createLoop(e.busyWaitModule, twin.sleepModule));
      expect(error).to.be.instanceOf(e.TwoCopiesError);
      expect(error.message).to.include('as argument 2').and.include('EventHandler');
      expectAdvice(error);
    });

    it('errors of the other copy come out as they are', () => {
      const { loop } = virtualLoop();
      const cancelled = new twin.core.Cancelled('elsewhere', 'some reason');
      const run = () =>
        loop.runSync(function* (): e.Coroutine<void> {
          throw cancelled;
        });
      expect(thrownBy(run)).to.equal(cancelled);
      expect(loop.runSync(e.scope(function* () {}))).to.equal(undefined);
    });

    it('a context key, a strategy and a clock of the other copy serve as ours do', () => {
      const key = new twin.core.ContextKey('key', 5);
      expect(virtualLoop().loop.runSync(e.getContext(key))).to.equal(5);
    });
  });

  describe('of a package that share core', () => {
    it('an event without a handler names the class that has one, and npm dedupe', () => {
      const error = thrownBy(() => virtualLoop().loop.runSync(sleepTwin.sleep(5)));
      expect(error).to.be.instanceOf(e.NoHandlerError);
      expect(error.message).to.include('A handler serves another class TimeEvent');
      expect(error.message).to.include('npm dedupe').and.include('peerDependencies');
    });

    it('classes of another kind are no copies, whatever their name', () => {
      class Other extends e.LoopEvent<void> {
        static override readonly name = 'Signal';
        override get kind() {
          return 'their-signal' as const;
        }
      }
      class OtherHandler extends SignalHandler {
        override readonly handles = Other as Anything;
      }
      class Mine extends e.LoopEvent<void> {
        static override readonly name = 'Signal';
        readonly kind = 'my-signal';
      }
      const { loop } = virtualLoop({ handlers: [new OtherHandler()] });
      const error = thrownBy(() => loop.runSync(new Mine() as Anything));
      expect(error.message).to.include('Load the module that handles MySignal').and.not.to.include('dedupe');
    });

    it('a minified copy is recognised by its kind', () => {
      class a extends e.LoopEvent<void> {
        override get kind() {
          return 'signal-set' as const;
        }
      }
      class b extends e.LoopEvent<void> {
        override get kind() {
          return 'signal-set' as const;
        }
      }
      class Handler extends SignalHandler {
        override readonly handles = a as Anything;
      }
      const { loop } = virtualLoop({ handlers: [new Handler()] });
      expect(thrownBy(() => loop.runSync(new b() as Anything)).message).to.include('npm dedupe');
    });
  });

  it('is what the version of core is for, which is that of its package.json', async () => {
    const folder = folderOf('@escapement/core');
    const { VERSION } = await import(pathToFileURL(join(folder, 'dist/errors/version.js')).href);
    expect(VERSION).to.equal(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version);
  });
});
