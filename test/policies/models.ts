import type { Duration, ReadyCause, Task } from 'escapement';

/** A slow policy that is obviously right: it looks at all ready tasks each time. */
export interface Model {
  add(task: Task, cause: ReadyCause): void;
  next(): Task | undefined;
  stepStarted?(task: Task): void;
  stepEnded?(task: Task, ranFor: Duration): void;
}

/** The first of those with the smallest number. */
function leastOf<T>(items: readonly T[], number: (item: T) => number): T | undefined {
  let least: T | undefined;
  for (const item of items) if (least === undefined || number(item) < number(least)) least = item;
  return least;
}

function removed<T>(items: T[], item: T | undefined): T | undefined {
  if (item !== undefined) items.splice(items.indexOf(item), 1);
  return item;
}

export function fifoModel(): Model {
  const ready: Task[] = [];
  return { add: task => void ready.push(task), next: () => ready.shift() };
}

export function lifoModel(): Model {
  const ready: Task[] = [];
  return { add: task => void ready.push(task), next: () => ready.pop() };
}

export function priorityModel(ageing: number): Model {
  const ready: { task: Task; since: number }[] = [];
  let steps = 0;
  return {
    add: task => void ready.push({ task, since: steps }),
    next() {
      const first = leastOf(ready, ({ task, since }) => -(task.priority + (steps - since) / ageing));
      steps++;
      return removed(ready, first)?.task;
    },
  };
}

export function earliestDeadlineFirstModel(): Model {
  const ready: { task: Task; deadline: number }[] = [];
  return {
    add: task => void ready.push({ task, deadline: task.deadline }),
    next: () =>
      removed(
        ready,
        leastOf(ready, ({ deadline }) => deadline),
      )?.task,
  };
}

/** A task, or the group of a task that has a weight. */
interface Node {
  readonly task: Task;
  readonly group: Node | undefined;
  readonly weight: number;
  readonly isGroup: boolean;
  /** Of a group: its tasks and groups. */
  readonly members: Node[];
  /** Of a group: the virtual time of the one that has run least, of those that were ready. */
  least: number;
  virtualTime: number;
  isReady: boolean;
  /** When it was placed among the ready, for the order of equal ones. */
  place: number;
}

export function fairModel(leastCharge: Duration): Model {
  const nodes = new Map<Task, Node>();
  let top: Node | undefined;
  let running: Node | undefined;
  let places = 0;
  const arrived: { node: Node; isNew: boolean }[] = [];

  const made = (task: Task, group: Node | undefined, weight: number, isGroup: boolean): Node => {
    const rest = { members: [], least: 0, virtualTime: 0, isReady: false, place: 0 };
    const node = { task, group, weight, isGroup, ...rest };
    group?.members.push(node);
    return node;
  };
  const join = (task: Task): Node => {
    if (task.parent === undefined) top = made(task, undefined, 1, true);
    const outer = task.parent === undefined ? top : nodes.get(task.parent)!.group;
    const group = task.weight === undefined ? outer : made(task, outer, task.weight, true);
    const node = made(task, group, 1, false);
    nodes.set(task, node);
    return node;
  };
  const leastOfReady = (group: Node) =>
    leastOf(
      group.members.filter(({ isReady }) => isReady).sort((a, b) => a.place - b.place),
      ({ virtualTime }) => virtualTime,
    );
  const makeReady = (node: Node) => {
    if (node.isReady || node.group === undefined) return;
    node.virtualTime = Math.max(node.virtualTime, node.group.least);
    node.isReady = true;
    node.place = ++places;
    makeReady(node.group);
  };
  const place = ({ node, isNew }: { node: Node; isNew: boolean }) => {
    // A new task takes over its parent's time; if it is the root of a group, the group does.
    const joins = node.task.weight === undefined ? node : node.group!;
    const { parent } = node.task;
    if (isNew && parent !== undefined) joins.virtualTime = nodes.get(parent)!.virtualTime;
    makeReady(node);
  };

  return {
    add(task) {
      const known = nodes.get(task);
      const arrival = { node: known ?? join(task), isNew: known === undefined };
      if (running === undefined) place(arrival);
      else arrived.push(arrival);
    },
    next() {
      for (let group = top!; ; ) {
        const node = leastOfReady(group);
        if (node === undefined) return undefined;
        node.isReady = false;
        if (!node.isGroup) return node.task;
        group = node;
      }
    },
    stepStarted(task) {
      running = nodes.get(task);
    },
    stepEnded(task, ranFor) {
      for (let node = nodes.get(task)!; node.group !== undefined; node = node.group) {
        node.virtualTime += Math.max(ranFor, leastCharge) / node.weight;
        const other = leastOfReady(node.group)?.virtualTime ?? Infinity;
        node.group.least = Math.max(node.group.least, Math.min(node.virtualTime, other));
        if (node.members.some(({ isReady }) => isReady)) {
          node.isReady = true;
          node.place = ++places;
        }
      }
      running = undefined;
      for (const arrival of arrived.splice(0)) place(arrival);
    },
  };
}
