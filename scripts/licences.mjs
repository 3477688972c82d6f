import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The licences of the packages whose code esbuild took in, each text once, for a comment at the head of the bundle. */
export function licencesIn(metafile, root) {
  const licences = new Map();
  for (const input of Object.keys(metafile.inputs)) {
    const folder = /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder === undefined) continue;
    const text = licenceIn(join(root, folder));
    licences.set(text, (licences.get(text) ?? new Set()).add(folder.replace('node_modules/', '')));
  }
  return [...licences].map(([text, names]) => `${[...names].join(', ')}:\n\n${text}\n`).join('\n');
}

function licenceIn(folder) {
  const file = readdirSync(folder).find(name => /^licen[cs]e/i.test(name));
  if (file === undefined) throw new Error(`${folder} has no licence to pass on`);
  return readFileSync(join(folder, file), 'utf8').trim();
}
