/** The packages as a release would publish them. */
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execute } from '../execute.mjs';
import { GATES, check } from '../gates.mjs';
import { exclusively } from '../lock.mjs';
import { Sentence } from '../log.mjs';
import { inRoot } from '../paths.mjs';
import { yarn } from './yarn.mjs';

/** What a release does before it packs. */
const BUILD = ['Types on Node 24', 'Build'];

/**
 * @param {string} dir - for the archives
 * @returns {Promise<Map<string, string>>} name of each package → its archive
 */
export async function packPackages(dir) {
  for (const title of BUILD) {
    const gate = GATES.find(one => one.title === title);
    const { passed, output } = await check(gate, { env: process.env });
    if (!passed) throw new Sentence(output);
  }
  mkdirSync(dir, { recursive: true });
  const packs = new Map();
  // packing rewrites the manifests for a moment
  await exclusively('frontend', async () => {
    for (const folder of readdirSync(inRoot('plugins'))) {
      const cwd = inRoot('plugins', folder);
      const { name } = JSON.parse(
        readFileSync(join(cwd, 'package.json'), 'utf8'),
      );
      const archive = join(dir, `${folder}.tgz`);
      await execute(...yarn('pack', '--out', archive), { cwd });
      packs.set(name, archive);
    }
  });
  return packs;
}
