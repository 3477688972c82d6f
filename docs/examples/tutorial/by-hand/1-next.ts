function* makeTea(name: string) {
  console.log(`${name}: water on`);
  yield 'the kettle';
  console.log(`${name}: pour`);
  yield 'three minutes';
  console.log(`${name}: serve`);
}

const coroutine = makeTea('mint');
while (true) {
  const { done, value: event } = coroutine.next();
  if (done) break;
  console.log(`(the loop is told to wait for ${event})`);
}
