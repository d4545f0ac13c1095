/**
 * Which schema the data of a run folder began with. The portal's migrations upgrade data from the
 * baseline on; a demo that is older than the baseline starts anew.
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** What holds a demo's state. Redis goes with the databases, since each knows of the other. */
const DATA = ['data', 'redis'];

/**
 * Puts data that the migrations cannot upgrade aside, in `<folder>/before-<baseline>`.
 * @param {string} dir - the run folder
 * @param {string} migrations - the folder of the portal's migrations; the name of the first one is
 *   the baseline
 * @returns {string | undefined} where the older data are; nothing if all can be used
 */
export function startAnewBeforeBaseline(dir, migrations) {
  const baseline = readdirSync(migrations)
    .filter(name => name.endsWith('.js'))
    .sort()[0]
    .split('_')[0];
  const note = join(dir, 'baseline');
  const noted = existsSync(note) && readFileSync(note, 'utf8').trim();
  const older = DATA.filter(name => existsSync(join(dir, name)));
  let aside;
  if (noted !== baseline && older.length > 0) {
    aside = join(dir, `before-${baseline}`);
    rmSync(aside, { recursive: true, force: true });
    mkdirSync(aside);
    for (const name of older) renameSync(join(dir, name), join(aside, name));
  }
  writeFileSync(note, `${baseline}\n`);
  return aside;
}
