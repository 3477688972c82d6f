import { eventName } from '@escapement/core';
import type { Instrument, LoopEvent, ReadyCause, Task } from 'escapement';
import type { VirtualClock } from '../support/virtual-loop.js';
import type { DecodedTrace, Instant, Slice } from './decoded-trace.js';

interface TaskDrawing {
  readonly parent: string;
  readonly slices: Slice[];
  readonly instants: Instant[];
}

/** What a trace of a run must show. Tasks are told apart by their names. */
export interface Drawing {
  readonly tasks: Record<string, TaskDrawing>;
  /** The names of the tasks, and the indices of the slices, from which and to which each arrow goes. */
  readonly flows: string[];
  readonly sleeps: Slice[];
}

type Call =
  | { readonly hook: 'spawned' | 'stepStarted' | 'stepEnded' | 'ended'; readonly task: Task; readonly time: number }
  | { readonly hook: 'ready'; readonly task: Task; readonly time: number; readonly cause: ReadyCause }
  | { readonly hook: 'suspended'; readonly task: Task; readonly time: number; readonly event: LoopEvent }
  | { readonly hook: 'sleepStarted'; readonly until: number; readonly time: number }
  | { readonly hook: 'sleepEnded'; readonly time: number };

/** Keeps all that happens in a run, and tells later how it looks. */
export class KeptRun implements Instrument {
  readonly #calls: Call[] = [];

  constructor(private readonly clock: VirtualClock) {}

  taskSpawned = (task: Task) => this.#keep({ hook: 'spawned', task, time: this.clock.time });
  taskReady = (task: Task, cause: ReadyCause) => this.#keep({ hook: 'ready', task, cause, time: this.clock.time });
  stepStarted = (task: Task) => this.#keep({ hook: 'stepStarted', task, time: this.clock.time });
  suspended = (task: Task, event: LoopEvent) => this.#keep({ hook: 'suspended', task, event, time: this.clock.time });
  stepEnded = (task: Task) => this.#keep({ hook: 'stepEnded', task, time: this.clock.time });
  taskEnded = (task: Task) => this.#keep({ hook: 'ended', task, time: this.clock.time });
  sleepStarted = (until: number) => this.#keep({ hook: 'sleepStarted', until, time: this.clock.time });
  sleepEnded = () => this.#keep({ hook: 'sleepEnded', time: this.clock.time });

  get steps(): number {
    return this.#calls.filter(({ hook }) => hook === 'stepStarted').length;
  }

  #keep(call: Call): void {
    this.#calls.push(call);
  }

  drawing(): Drawing {
    const pencil = new Pencil();
    for (const call of this.#calls) pencil.draw(call);
    return pencil;
  }
}

class Pencil implements Drawing {
  readonly tasks: Record<string, TaskDrawing> = {};
  readonly flows: string[] = [];
  readonly sleeps: Slice[] = [];
  #stepping: Task | undefined;
  #until = 0;
  readonly #events = new Map<Task, LoopEvent>();
  readonly #readyInStep = new Map<Task, ReadyCause>();
  readonly #arrows = new Map<Task, string>();

  draw(call: Call): void {
    const { time } = call;
    if (call.hook === 'sleepStarted') {
      this.#until = call.until;
      this.sleeps.push({ name: 'sleep', start: time, args: { until: call.until } });
      return;
    }
    if (call.hook === 'sleepEnded') {
      const sleep = this.sleeps.at(-1)!;
      sleep.end = time;
      if (time >= this.#until) sleep.args.overshoot = (time - this.#until) * 1e6;
      return;
    }
    const { task } = call;
    if (call.hook === 'spawned') {
      this.tasks[task.name] = { parent: task.parent?.name ?? 'loop', slices: [], instants: [] };
      return;
    }
    const { slices, instants } = this.tasks[task.name]!;
    const end = () => {
      const open = slices.at(-1);
      if (open !== undefined && open.end === undefined) open.end = time;
    };
    const begin = (name: string, args: Record<string, unknown> = {}) => {
      end();
      slices.push({ name, start: time, args });
    };
    if (call.hook === 'ready') {
      const { cause } = call;
      const by = this.#stepping === undefined ? {} : { by: this.#stepping.name };
      this.#arrows.delete(task);
      if (this.#stepping === task) {
        this.#readyInStep.set(task, cause);
        return;
      }
      if (cause === 'spawned' || cause === 'cancelled') instants.push({ name: cause, time, args: by });
      if (this.#stepping !== undefined) this.#arrows.set(task, this.#placeOf(this.#stepping));
      begin('ready', { cause: nameOf(cause), ...by });
    } else if (call.hook === 'stepStarted') {
      begin('step');
      this.#stepping = task;
      const from = this.#arrows.get(task);
      if (from !== undefined) this.flows.push(`${from} -> ${this.#placeOf(task)}`);
    } else if (call.hook === 'suspended') {
      this.#events.set(task, call.event);
    } else if (call.hook === 'stepEnded') {
      end();
      const event = this.#events.get(task);
      const cause = this.#readyInStep.get(task);
      if (cause === 'cancelled') instants.push({ name: cause, time, args: {} });
      if (cause !== undefined) begin('ready', { cause: nameOf(cause) });
      else if (event !== undefined) begin(`waits for ${eventName(event)}`);
      this.#events.delete(task);
      this.#readyInStep.delete(task);
      this.#stepping = undefined;
    } else {
      instants.push({ name: 'ended', time, args: { result: task.result.state } });
    }
  }

  /** Of the present slice of a task. */
  #placeOf(task: Task): string {
    return `${task.name} ${this.tasks[task.name]!.slices.length - 1}`;
  }
}

function nameOf(cause: ReadyCause): string {
  return typeof cause === 'string' ? cause : eventName(cause);
}

/** What a decoded trace shows. */
export function drawingOf({ tracks, flows }: DecodedTrace): Drawing {
  const tasks: Record<string, TaskDrawing> = {};
  for (const { name, parent, slices, instants } of tracks.slice(4)) {
    tasks[name] = { parent: parent!.name, slices, instants };
  }
  const place = ({ track, slice }: { track: string; slice: Slice }) =>
    `${track} ${tasks[track]!.slices.indexOf(slice)}`;
  return {
    tasks,
    flows: flows.map(({ from, to }) => `${place(from)} -> ${place(to)}`),
    sleeps: tracks.find(({ name }) => name === 'sleeps')!.slices,
  };
}
