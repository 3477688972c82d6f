import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@escapement/core';
import { assert } from 'chai';
import * as escapement from 'escapement';
import { createLoop, EventLoop, LoopEvent, type LoopModule, SelfServedEvent, setTimeoutModule } from 'escapement';
import { publishedPackages } from '../architecture/workspace.js';

class Unheard extends LoopEvent<void> {
  override readonly kind = 'unheard';
}

const EXPECTED = ['SleepFor', 'SyncEvent', 'PortEvent', 'Readable', 'Lookup', 'MemoryReady', 'Action', 'NextItem'];

/** Their loops are their own, and have the handler. */
const PRIVATE = ['conformance', 'lab'];

type Class = typeof LoopEvent & { readonly prototype: LoopEvent };

/** The event classes of all packages, without those that need no handler, by their name. */
async function servedClasses(): Promise<ReadonlyMap<string, Class>> {
  const found = new Map<string, Class>();
  for (const { manifest } of publishedPackages) {
    for (const entry of Object.keys(manifest.exports ?? {})) {
      if (entry.endsWith('.json') || !manifest.name.startsWith('@escapement/')) continue;
      const exported: Record<string, unknown> = await import(`${manifest.name}${entry.slice(1)}`);
      for (const value of Object.values(exported)) if (isServed(value)) found.set(value.name, value);
    }
  }
  return found;
}

function isServed(value: unknown): value is Class {
  if (typeof value !== 'function' || !(value.prototype instanceof LoopEvent)) return false;
  return !(value.prototype instanceof SelfServedEvent) && !Object.values(core).includes(value as never);
}

/** The names of the event classes that the modules handle. */
async function handledBy(module: LoopModule): Promise<readonly string[]> {
  const loop = createLoop(setTimeoutModule, module) as EventLoop<LoopEvent>;
  const error: Error = await loop.run(new Unheard()).catch(error => error);
  return /Handlers are installed for: (.*)\.$/.exec(error.message)![1]!.split(', ');
}

function classNames(type: Class): string[] {
  return type === (LoopEvent as unknown) ? [] : [type.name, ...classNames(Object.getPrototypeOf(type))];
}

describe('the error of a loop without a handler for an event of these packages', function () {
  this.timeout(60_000);

  it('names a module that handles it, and where that is exported', async () => {
    const classes = await servedClasses();
    assert.includeMembers([...classes.keys()], EXPECTED);
    for (const [name, type] of classes) {
      const parts = /^(\w+) of (?:\S+ or )?(@escapement\/\S+)$/.exec(type.servedBy ?? '');
      assert.isNotNull(parts, `${name}.servedBy is ${type.servedBy}`);
      const [, module, entry] = parts!;
      const exported: Record<string, LoopModule> = await import(entry!);
      assert.property(exported, module!, name);
      const handled = await handledBy(exported[module!]!);
      assert.isTrue(
        classNames(type).some(one => handled.includes(one)),
        `${module} handles ${handled}, not ${name}`,
      );
    }
  });

  it('names a module that `escapement` exports, too, where it says so', async () => {
    for (const type of Object.values(escapement)) {
      const module = /^(\w+) of escapement or /.exec((type as Partial<Class>).servedBy ?? '')?.[1];
      if (module !== undefined) assert.property(escapement, module);
    }
  });

  it('also for events that are not exported', () => {
    for (const { folder, path } of publishedPackages) {
      if (folder === 'core' || PRIVATE.includes(folder)) continue;
      for (const file of readdirSync(join(path, 'src'), { recursive: true, encoding: 'utf8' })) {
        if (!file.endsWith('.ts')) continue;
        const text = readFileSync(join(path, 'src', file), 'utf8').replaceAll(/^\s*\*.*$/gm, '');
        for (const [found] of text.matchAll(/class \w+(?:<.*>)? extends (?:Loop|Immediate)Event\b[\s\S]*?^}/gm)) {
          assert.match(found, /static override readonly servedBy: string = /, file);
        }
      }
    }
  });
});
