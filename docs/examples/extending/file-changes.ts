import { watch } from 'node:fs';
import { subscribe } from '@escapement/promises';

/** `yield* fileChanges(folder)` evaluates to a subscription to the names of the files that change in a folder. */
export function fileChanges(folder: string) {
  return subscribe<string>(
    (emit, fail) => {
      const watcher = watch(folder, (_change, name) => emit(name ?? folder)).on('error', fail);
      return () => watcher.close();
    },
    { capacity: 100, overflow: 'drop-oldest', name: folder },
  );
}
