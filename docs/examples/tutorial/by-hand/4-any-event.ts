import {
  Blocking,
  FirstComeFirstServed,
  Jumping,
  LastComeFirstServed,
  NextCup,
  Shelf,
  Sleep,
  SleepHandler,
} from './plugins.js';
import { type Policy, type Strategy, TinyLoop } from './tiny-loop.js';

const MINUTE = 20;

function* steep(minutes: number) {
  for (let minute = 1; minute <= minutes; minute++) yield* new Sleep(MINUTE);
}

// #region main
function kitchen(strategy: Strategy, policy: Policy) {
  const shelf = new Shelf();
  const loop = new TinyLoop(strategy, policy, [new SleepHandler(strategy.now), shelf]);

  function* makeTea(name: string, minutes: number) {
    console.log(`${name}: pour`);
    yield* steep(minutes);
    shelf.put(name);
  }

  function* guest() {
    for (let n = 1; n <= 2; n++) console.log(`the guest takes ${yield* new NextCup()}`);
  }

  loop.spawn(guest());
  loop.spawn(makeTea('black', 3));
  loop.spawn(makeTea('green', 1));
  loop.run();
}
// #endregion main

// #region swap
kitchen(new Blocking(), new FirstComeFirstServed());
console.log('--- in no time at all');
kitchen(new Jumping(), new FirstComeFirstServed());
console.log('--- the last to come is the first to be served');
kitchen(new Jumping(), new LastComeFirstServed());
// #endregion swap
