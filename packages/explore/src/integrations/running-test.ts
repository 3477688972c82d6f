/** The test that a test runner calls now. */
export interface RunningTest {
  readonly name: string;
  /** Some runners throw here, others go on. */
  skip(): void;
}

type Properties = Readonly<Record<string, unknown>>;

/**
 * mocha passes its context as `this`; `node:test` and vitest pass theirs as the first argument.
 * @returns undefined for none of these
 */
export function runningTest(self: unknown, argument: unknown): RunningTest | undefined {
  return [argument, self].map(contextOf).find(each => each !== undefined);
}

function contextOf(context: unknown): RunningTest | undefined {
  if (!isObject(context) || typeof context.skip !== 'function') return undefined;
  const { skip } = context;
  const name = nameIn(context);
  return name === undefined ? undefined : { name, skip: () => void Reflect.apply(skip, context, []) };
}

/** `context.task.name` of vitest, `this.test.title` of mocha, `t.name` of `node:test`, in this order: each has the others' properties, too. */
function nameIn({ name, task, test }: Properties): string | undefined {
  const names = [isObject(task) && task.name, isObject(test) && test.title, name];
  return names.find(each => typeof each === 'string');
}

/** The context of vitest is a function. */
function isObject(value: unknown): value is Properties {
  return typeof value === 'function' || (typeof value === 'object' && value !== null);
}
