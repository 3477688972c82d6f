import { describe, it } from 'node:test';
import { policyLaws } from '@escapement/conformance';
import { SchedulingPolicy, type Task } from 'escapement';

class LastComeFirstServed extends SchedulingPolicy {
  override readonly alias = 'last-come-first-served';
  readonly #ready: Task[] = [];

  override add(task: Task): void {
    this.#ready.push(task);
  }

  override next(): Task | undefined {
    return this.#ready.pop();
  }
}

policyLaws({ describe, it }, { policy: () => new LastComeFirstServed(), ties: 'last-come', repeatable: true });
