import { close, PosixError, pipe, read, WOULD_BLOCK, write } from '@escapement/posix';

const { reader, writer } = pipe();
const buffer = new Uint8Array(16);

console.log(read(reader, buffer) === WOULD_BLOCK); // nothing yet, and no thread waits
write(writer, new TextEncoder().encode('hello'));
const count = read(reader, buffer);
console.log(new TextDecoder().decode(buffer.subarray(0, count)));

close(reader);
try {
  write(writer, buffer);
} catch (error) {
  if (!(error instanceof PosixError)) throw error;
  console.log(error.code, error.syscall);
}
close(writer);
