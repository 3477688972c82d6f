import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { folderFor } from './plugin-folder.js';
import { checkKind, checkLanguage, checkName, type PluginRequest } from './plugin-request.js';
import { filesOf } from './template.js';

/** What was written. */
export interface CreatedPlugin {
  /** The absolute path of its folder. */
  readonly folder: string;
  /** What was written, relative to the folder, sorted. */
  readonly files: readonly string[];
}

/**
 * Writes a plugin that passes its laws to a folder of its name, below `parent`. The folder may exist, if it is empty. Needs
 * no network, and installs nothing.
 *
 * @param parent a path; by default the working directory
 * @throws CreateError if the request cannot be met; nothing has been written then
 * @example createPlugin({ name: 'my-event', kind: 'event', language: 'typescript' });
 */
export function createPlugin(request: PluginRequest, parent = '.'): CreatedPlugin {
  checkKind(request.kind);
  checkLanguage(request.language);
  const folder = folderFor(checkName(request.name), parent);
  const files = filesOf(request);
  for (const [path, text] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    // Fails if something else has made the file meanwhile.
    writeFileSync(file, text, { flag: 'wx' });
  }
  return { folder, files: [...files.keys()].sort() };
}
