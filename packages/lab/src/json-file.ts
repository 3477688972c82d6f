import { open, writeFile } from 'node:fs/promises';
import { UsageError } from './usage-error.js';

/** A file for results. It is checked to be writable before anything is measured. */
export class JsonFile {
  /** As it was given. */
  /** @param path as it was given */
  private constructor(readonly path: string) {}

  /** @throws UsageError */
  static async at(path: string): Promise<JsonFile> {
    try {
      // Opened for appending, so that the old content survives if a measurement fails.
      await (await open(path, 'a')).close();
    } catch (error) {
      throw new UsageError(`--json ${path}: ${(error as Error).message}. Name a writable file in an existing folder.`, {
        cause: error,
      });
    }
    return new JsonFile(path);
  }

  /** Replaces the content by the results, as indented JSON. */
  write(results: unknown): Promise<void> {
    return writeFile(this.path, `${JSON.stringify(results, null, 2)}\n`);
  }
}
