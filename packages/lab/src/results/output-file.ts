import { open, writeFile } from 'node:fs/promises';
import { UsageError } from '../usage-error.js';

/** A file for results. It is checked to be writable before anything is measured. */
export class OutputFile {
  /**
   * @param option the option that named it: `'--json'`
   * @param path as it was given
   */
  private constructor(
    readonly option: string,
    readonly path: string,
  ) {}

  /** @throws UsageError if it cannot be opened */
  static async at(option: string, path: string): Promise<OutputFile> {
    try {
      // Opened for appending, so that the old content survives if a measurement fails.
      await (await open(path, 'a')).close();
    } catch (error) {
      const reason = `${(error as Error).message}. Name a writable file in an existing folder.`;
      throw new UsageError(`${option} ${path}: ${reason}`, { cause: error });
    }
    return new OutputFile(option, path);
  }

  /** Replaces the content. @throws Error if that fails, as on a full disk */
  async write(text: string): Promise<void> {
    try {
      await writeFile(this.path, text);
    } catch (error) {
      throw new Error(`${this.option} ${this.path}: could not be written: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}
