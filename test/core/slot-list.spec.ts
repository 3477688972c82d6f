import { expect } from 'chai';
import fc from 'fast-check';

// Not exported: the children of a task are its own business.
const source = new URL('../../../packages/core/dist/collections/slot-list.js', import.meta.url);
interface List extends Iterable<Member> {
  readonly isEmpty: boolean;
  add(member: Member): void;
  remove(member: Member): void;
}
interface Member {
  place: number;
}
const { SlotList }: { SlotList: new () => List } = await import(source.href);

describe('SlotList', () => {
  it('is a list in the order of adding, from which anything can be removed', () => {
    const moves = fc.array(fc.option(fc.nat(), { freq: 2 }), { maxLength: 400, size: 'max' });
    fc.assert(
      fc.property(moves, history => {
        const list = new SlotList();
        const model: Member[] = [];
        for (const which of history) {
          if (which === null || model.length === 0) {
            const member = { place: 0 };
            list.add(member);
            model.push(member);
          } else {
            const [member] = model.splice(which % model.length, 1);
            list.remove(member!);
          }
          expect([...list]).to.deep.equal(model);
          expect(list.isEmpty).to.equal(model.length === 0);
        }
      }),
    );
  });
});
