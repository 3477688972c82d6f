import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { CreateError } from './errors.js';
import { folderNameOf } from './plugin-request.js';

/** Where the plugin goes: a folder below `parent` that does not exist yet, or is empty. @throws CreateError */
export function folderFor(name: string, parent: string): string {
  const folder = resolve(parent, folderNameOf(name));
  const fault = faultOfFolder(folder);
  if (fault === undefined) return folder;
  const advice = 'Write another name, or start in another folder.';
  throw new CreateError('ESC_CREATE_FOLDER_IN_USE', `${folder} ${fault}, and nothing is overwritten. ${advice}`);
}

function faultOfFolder(folder: string): string | undefined {
  try {
    return readdirSync(folder).length === 0 ? undefined : 'exists and is not empty';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR') return 'exists and is not a folder';
    throw error;
  }
}
