import { expect } from 'chai';
import { runExample } from './example.js';

describe('the first examples', () => {
  async function linesOf(name: string): Promise<string[]> {
    const { output } = await runExample(`docs/examples/${name}.ts`);
    return output.split('\n');
  }

  it('hello: two tasks take turns', async () => {
    expect(await linesOf('hello')).to.deep.equal(['tick 1', 'tock 1', 'tick 2', 'tock 2', 'tick 3', 'tock 3', 'done']);
  });

  it('metronome: five ticks, later ones with greater numbers', async () => {
    const ticks = (await linesOf('metronome')).map(line => Number(/^tick (\d+), missed \d+$/.exec(line)?.[1]));
    expect(ticks).to.have.lengthOf(5);
    expect(ticks).to.deep.equal(ticks.toSorted((a, b) => a - b));
  });

  it('swap-strategy: the same result under each strategy', async () => {
    expect(await linesOf('swap-strategy')).to.deep.equal([
      'busy-wait: 1 2 3',
      'atomics-wait: 1 2 3',
      'set-timeout: 1 2 3',
    ]);
  });
});
