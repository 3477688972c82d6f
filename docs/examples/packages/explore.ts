import { pause, spawn } from '@escapement/core';
import { type Exploration, explore, replay } from '@escapement/explore';

class Account {
  balance = 0;

  *deposit(amount: number) {
    const before = this.balance;
    yield* pause();
    this.balance = before + amount;
  }
}

/** Is called once for each run, and makes all that it uses anew. */
function* twoDeposits(run: Exploration) {
  const account = new Account();
  run.check(() => {
    if (account.balance !== 30) throw new Error(`the balance is ${account.balance}`);
  });
  yield* spawn(account.deposit(10), { name: 'first' });
  yield* spawn(account.deposit(20), { name: 'second' });
}

const { failure, summary } = await explore(twoDeposits, { runs: 1000, name: 'two deposits' });
console.log(`${failure?.error} in run ${summary.runs}`);
console.log(`because a step of "${failure?.pair?.first.task}" came before one of "${failure?.pair?.second.task}"`);

const again = await replay(twoDeposits, failure!.token);
console.log(`again: ${again.error}`);
