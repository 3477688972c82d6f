import type { Runner } from '@escapement/conformance';

/** A test runner that runs nothing by itself: keeps the tests for the specs of this folder to run. */
export class Recorder implements Runner {
  readonly skipped: string[] = [];
  /** What the suite asks the runner for, in milliseconds. */
  readonly timeouts: (number | undefined)[] = [];
  readonly #tests = new Map<string, () => Promise<void>>();

  constructor(define: (runner: Runner) => void) {
    define(this);
  }

  describe(_title: string, suite: () => void): void {
    suite();
  }

  readonly it = Object.assign(
    (title: string, test: () => Promise<void>, timeout?: number) => {
      this.#tests.set(title, test);
      this.timeouts.push(timeout);
    },
    { skip: (title: string) => this.skipped.push(title) },
  );

  get titles(): string[] {
    return [...this.#tests.keys()];
  }

  get numbers(): string[] {
    return this.titles.map(numberOf);
  }

  /** Runs the test of a clause. @param context its `this` @returns what it threw */
  async run(number: string, context?: object): Promise<Error | undefined> {
    const title = this.titles.find(title => numberOf(title) === number);
    if (title === undefined) throw new Error(`there is no test of ${number}, only of ${this.numbers}`);
    try {
      await this.#tests.get(title)!.call(context);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }
}

export function numberOf(title: string): string {
  return title.split(' ')[0]!;
}
