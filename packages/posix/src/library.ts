import { createRequire } from 'node:module';
import type Koffi from 'koffi';
import { UnsupportedSystemError } from './unsupported-system-error.js';

/** The constants and layouts in this package are those of Linux, where they are the same on these two. */
const PROCESSORS: readonly string[] = ['x64', 'arm64'];
const NAMES = ['libc.so.6', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1'];

const system = `${process.platform} on ${process.arch}`;
const koffi = loadKoffi();
const libc = loadLibc();

// Not imported: on a system for which it has no binary that would fail first, with less to say.
function loadKoffi(): typeof Koffi {
  if (process.platform !== 'linux' || !PROCESSORS.includes(process.arch)) {
    throw new UnsupportedSystemError(system, 'it has other constants and layouts');
  }
  try {
    return createRequire(import.meta.url)('koffi');
  } catch (failure) {
    throw new UnsupportedSystemError(system, `the FFI library koffi did not load: ${failure}`, failure);
  }
}

function loadLibc() {
  const failures: unknown[] = [];
  for (const name of NAMES) {
    try {
      return koffi.load(name);
    } catch (failure) {
      failures.push(failure);
    }
  }
  throw new UnsupportedSystemError(system, `no C library was found (${NAMES.join(', ')})`, failures[0]);
}

/**
 * @internal A function of the C library, from its prototype. This file is the only one that knows the FFI library: what
 * it would take to sit on another, `node:ffi` of Node 26 say, is in docs/decisions.
 * @throws UnsupportedSystemError if the library has no such function
 */
export function libcFunction<F extends (...args: never[]) => number>(prototype: string): F {
  try {
    return libc.func(prototype) as unknown as F;
  } catch (failure) {
    throw new UnsupportedSystemError(system, `its C library lacks \`${prototype}\``, failure);
  }
}

/** @internal The error number that the last call on this thread left behind. */
export function lastErrno(): number {
  return koffi.errno();
}

/** @internal Where `bytes` are in memory, which they do not leave as long as somebody holds them. */
export function addressOf(bytes: Uint8Array): bigint {
  return koffi.address(bytes);
}
