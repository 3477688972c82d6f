import { expect } from 'chai';
import { all, InvalidArgumentError, map, pause, race } from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

describe('the arguments of combinators', () => {
  const { loop } = virtualLoop();

  for (const items of [5, null, undefined, {}]) {
    it(`map reports that it cannot iterate over ${JSON.stringify(items)}`, () => {
      const run = () => loop.runSync(map(items as never, () => pause()));
      expect(run).to.throw(InvalidArgumentError).with.property('code', 'ESC_NOT_ITERABLE');
    });
  }

  it('all and race report each its own form: a list or a record, or only a list', () => {
    expect(() => loop.runSync(all(5 as never))).to.throw(
      InvalidArgumentError,
      'an array or a plain object of programs',
    );
    expect(() => loop.runSync(race({ a: pause() } as never))).to.throw(
      InvalidArgumentError,
      'expected an array of programs',
    );
    expect(() => loop.runSync(all(new Set([pause()]) as never)))
      .to.throw(InvalidArgumentError)
      .with.property('code', 'ESC_NOT_A_LIST');
  });
});
