import { readFileSync } from 'node:fs';

/** What a file of the system says, without the end of the line; null where there is none. */
export function systemFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
