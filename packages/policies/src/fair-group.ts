import type { Duration, Task } from '@escapement/core';
import { StableQueue } from './stable-queue.js';

/** What shares the time of a group: a task, or a group below it. */
export class Member {
  /** How long it has run, divided by its weight. */
  virtualTime: Duration = 0;
  isReady = false;
  /** The group that this member stands for. */
  inner: Group | undefined = undefined;

  /**
   * @param group where it competes
   * @param parent until it is ready for the first time: whose virtual time it takes over
   */
  constructor(
    readonly group: Group,
    readonly weight: number,
    public parent: Member | undefined,
    readonly task: Task | undefined,
  ) {}
}

/** Members that share the time of the member which stands for them in the group above. */
export class Group {
  readonly ready = new StableQueue<Member>();
  /** No member that is ready has a smaller virtual time. Never goes back. */
  least: Duration = 0;

  /** @param member undefined for the group at the top */
  constructor(readonly member: Member | undefined) {
    if (member !== undefined) member.inner = this;
  }

  /** Removes and returns the member whose turn it is, of those that are tasks. It stays out until it is charged. */
  take(): Member | undefined {
    for (let group: Group = this; ; ) {
      const member = group.ready.take();
      if (member === undefined) return undefined;
      member.isReady = false;
      if (member.inner === undefined) return member;
      group = member.inner;
    }
  }
}

/** The task of `member` has become ready: the groups that it is in are ready, too. */
export function place(member: Member): void {
  for (let each: Member | undefined = member; each !== undefined && !each.isReady; each = each.group.member) {
    const { group, parent } = each;
    if (parent !== undefined) {
      each.virtualTime = parent.virtualTime;
      each.parent = undefined;
    }
    // It has not saved up the time in which it slept.
    if (each.virtualTime < group.least) each.virtualTime = group.least;
    each.isReady = true;
    group.ready.add(each.virtualTime, each);
  }
}

/** The task of `member`, which was taken, has run: all groups that it is in have. Those with ready members are ready again. */
export function charge(member: Member, ranFor: Duration): void {
  for (let each: Member | undefined = member; each !== undefined; each = each.group.member) {
    const { group, inner } = each;
    each.virtualTime += ranFor / each.weight;
    const least = Math.min(each.virtualTime, group.ready.smallestKey);
    if (least > group.least) group.least = least;
    if (inner === undefined || inner.ready.isEmpty) continue;
    each.isReady = true;
    group.ready.add(each.virtualTime, each);
  }
}
