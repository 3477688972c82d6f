import { open, writeFile } from 'node:fs/promises';
import { UsageError } from './usage-error.js';

/** A file for results, known to be writable before they are measured. */
export class JsonFile {
  private constructor(readonly path: string) {}

  /** @throws UsageError */
  static async at(path: string): Promise<JsonFile> {
    try {
      // Appending leaves alone what is there, should the measuring fail.
      await (await open(path, 'a')).close();
    } catch (error) {
      throw new UsageError(
        `--json ${path}: ${(error as Error).message}. Name a file that can be written, in a folder that exists.`,
        { cause: error },
      );
    }
    return new JsonFile(path);
  }

  write(results: unknown): Promise<void> {
    return writeFile(this.path, `${JSON.stringify(results, null, 2)}\n`);
  }
}
