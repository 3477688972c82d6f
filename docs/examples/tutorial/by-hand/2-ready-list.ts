function* makeTea(name: string) {
  console.log(`${name}: water on`);
  yield 'the kettle';
  console.log(`${name}: pour`);
  yield 'three minutes';
  console.log(`${name}: serve`);
}

// #region loop
const ready = [makeTea('mint'), makeTea('black')];
for (let coroutine = ready.shift(); coroutine !== undefined; coroutine = ready.shift()) {
  const { done } = coroutine.next();
  if (!done) ready.push(coroutine);
}
// #endregion loop
