import { readFile } from 'node:fs';
import { type Action, action } from '@escapement/promises';

/** `yield* fileRead(path)` evaluates to the content of the file, or throws what `fs.readFile` reports. */
export function fileRead(path: string): Action<Buffer> {
  return action<Buffer>(function reading(resolve, reject) {
    const abort = new AbortController();
    readFile(path, { signal: abort.signal }, (error, content) => (error ? reject(error) : resolve(content)));
    return () => abort.abort();
  });
}
