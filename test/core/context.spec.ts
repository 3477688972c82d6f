import { expect } from 'chai';
import { ContextKey, getContext, spawn, withContext } from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

describe('context', () => {
  const user = new ContextKey<string>('user');
  const depth = new ContextKey('depth', 0);

  it('is inherited by children, and ends with its body', () => {
    const { loop } = virtualLoop();
    const seen: string[] = [];
    function* look(where: string) {
      seen.push(`${where}: ${yield* getContext(user)} ${yield* getContext(depth)}`);
    }
    loop.runSync(function* () {
      yield* withContext(
        user,
        'alice',
        (function* () {
          yield* look('body');
          yield* spawn(look('child'));
          yield* withContext(user, 'bob', withContext(depth, 1, look('inner')));
          yield* look('after');
        })(),
      );
      expect(yield* getContext(depth)).to.equal(0);
      try {
        yield* getContext(user);
      } catch (error) {
        seen.push((error as Error).message);
      }
    });
    expect(seen.slice(0, 3)).to.deep.equal(['body: alice 0', 'inner: bob 1', 'after: alice 0']);
    expect(seen[3]).to.include('read the context "user", which has no value');
    expect(seen[4]).to.equal('child: alice 0');
  });
});
