import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../usage-error.js';

/** Where commands write the results of their runs: a folder that is kept, or a temporary one. */
export class ResultsFolder {
  private constructor(
    readonly path: string,
    readonly isKept: boolean,
  ) {}

  /**
   * @param keep the value of `--keep`; undefined for a temporary folder
   * @param parts a folder each; `''` for the folder itself
   * @throws UsageError if it cannot be written to, or holds results already: they would count as runs of this comparison
   */
  static at(keep: string | undefined, parts: readonly string[]): ResultsFolder {
    if (keep === undefined)
      return new ResultsFolder(mkdtempSync(join(tmpdir(), 'escapement-lab-')), false).#with(parts);
    try {
      const folder = new ResultsFolder(keep, true).#with(parts);
      for (const part of parts) accessSync(join(keep, part), constants.W_OK);
      return folder;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError(`--keep ${keep}: ${(error as Error).message}. Name a folder that can be written to.`, {
        cause: error,
      });
    }
  }

  /** The file for a run, counted from 0. */
  file(part: string, run: number): string {
    return join(this.path, part, `${String(run + 1).padStart(3, '0')}.json`);
  }

  /** Deletes a temporary folder. */
  close(): void {
    if (!this.isKept) rmSync(this.path, { recursive: true, force: true });
  }

  #with(parts: readonly string[]): this {
    for (const part of parts) {
      const folder = join(this.path, part);
      if (existsSync(folder) && readdirSync(folder).some(name => name.endsWith('.json'))) {
        throw new UsageError(`--keep ${this.path}: ${folder} holds results already. Name a new folder.`);
      }
      mkdirSync(folder, { recursive: true });
    }
    return this;
  }
}
