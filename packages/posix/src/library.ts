import { createRequire } from 'node:module';
import type Koffi from 'koffi';
import { MissingLibraryError } from './missing-library-error.js';
import { UnsupportedSystemError } from './unsupported-system-error.js';

/** The constants and layouts in this package are those of Linux, the same on these two processors. */
const PROCESSORS: readonly string[] = ['x64', 'arm64'];
const NAMES = ['libc.so.6', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1'];

/**
 * The file that this code runs from: of this package, or a bundle. The FFI library is looked for from there. A thread whose code
 * is in no file needs it.
 */
export const codeFile: string = import.meta.url ?? __filename;

const system = `${process.platform} on ${process.arch}`;
const koffi = loadKoffi();
const libc = loadLibc();

// Not by `import`: on a system without a koffi binary that would fail first, with a less helpful error.
function loadKoffi(): typeof Koffi {
  if (process.platform !== 'linux' || !PROCESSORS.includes(process.arch)) {
    throw new UnsupportedSystemError(system, 'it has other constants and layouts');
  }
  try {
    return createRequire(codeFile)('koffi');
  } catch (failure) {
    throw isMissing(failure)
      ? new MissingLibraryError(codeFile, failure)
      : new UnsupportedSystemError(system, `the FFI library koffi did not load: ${failure}`, failure);
  }
}

/** Whether koffi itself is, not its binary for this system. */
function isMissing(failure: unknown): boolean {
  const { code, message } = failure as NodeJS.ErrnoException;
  return code === 'MODULE_NOT_FOUND' && message.includes("'koffi'");
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
 * @internal A function of the C library, from its prototype. This file is the only one that knows the FFI library.
 * docs/decisions says what a change to another one would take, for instance to `node:ffi` of Node 26.
 * @throws UnsupportedSystemError if the library has no such function
 */
export function libcFunction<F extends (...args: never[]) => number>(prototype: string): F {
  try {
    return libc.func(prototype) as unknown as F;
  } catch (failure) {
    throw new UnsupportedSystemError(system, `its C library lacks \`${prototype}\``, failure);
  }
}

/** @internal The `errno` of the last call on this thread. */
export function lastErrno(): number {
  return koffi.errno();
}

/** @internal The address of `bytes` in memory. It is valid as long as `bytes` is referenced. */
export function addressOf(bytes: Uint8Array): bigint {
  return koffi.address(bytes);
}
