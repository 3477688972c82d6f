// Builds the site into dist/ beside this file: `npm run docs`.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Site } from './site.mjs';

const out = join(import.meta.dirname, 'dist');
const problems = await new Site(join(import.meta.dirname, '../..')).build(out);
console.log(`Open ${pathToFileURL(join(out, 'index.html'))}`);
if (problems > 0) {
  console.error(`${problems} warnings and errors, see above`);
  process.exitCode = 1;
}
