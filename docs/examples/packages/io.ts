import { spawn } from '@escapement/core';
import { ioModule, readable } from '@escapement/io';
import { close, pipe, read, WOULD_BLOCK, write } from '@escapement/posix';
import { sleep } from '@escapement/sleep';
import { sleepModule } from '@escapement/sleep/module';
import { atomicsWaitModule } from '@escapement/strategies/module';
import { createLoop } from '@escapement/wiring';

function* listen(fd: number) {
  const buffer = new Uint8Array(64);
  for (;;) {
    const count = read(fd, buffer);
    if (count === 0) return; // the other end is closed
    if (count === WOULD_BLOCK) yield* readable(fd);
    else console.log(new TextDecoder().decode(buffer.subarray(0, count)));
  }
}

createLoop(atomicsWaitModule, sleepModule, ioModule).runSync(function* () {
  const { reader, writer } = pipe();
  const listener = yield* spawn(listen(reader));
  for (const word of ['tick', 'tock']) {
    yield* sleep(10);
    write(writer, new TextEncoder().encode(word));
  }
  close(writer);
  yield* listener.join();
  close(reader);
});
