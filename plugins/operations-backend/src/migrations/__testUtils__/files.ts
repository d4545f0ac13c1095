import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of knex migrations: each makes a table of its own name. */
export async function migrationFolder(names: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'operations-migrations-'));
  const directory = join(folder, 'migrations');
  await mkdir(directory);
  const add = (name: string) =>
    writeFile(
      join(directory, `${name}.js`),
      `exports.up = knex => knex.schema.createTable('t_${name}', t => t.increments());
       exports.down = knex => knex.schema.dropTable('t_${name}');`,
    );
  for (const name of names) await add(name);
  return {
    folder,
    directory,
    add,
    drop: (name: string) => rm(join(directory, `${name}.js`)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
