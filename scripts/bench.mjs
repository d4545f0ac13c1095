/**
 * `npm run bench -- jobs`: runs bench/src/jobs.ts with a Redis and a PostgreSQL of its own.
 * Further arguments go to the benchmark.
 */
import { readdirSync } from 'node:fs';
import { ensureNode } from './lib/node.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { Sentence } from './lib/log.mjs';
import { inRoot } from './lib/paths.mjs';
import { typescript } from './lib/portal.mjs';
import { runWithServices } from './lib/withServices.mjs';

const [name, ...args] = process.argv.slice(2);

await ensureNode();
await runWithServices(async ({ foreground, env }) => {
  await ensureInstalled();
  const names = readdirSync(inRoot('bench/src'))
    .filter(file => /^[a-z-]+\.ts$/.test(file))
    .map(file => file.slice(0, -'.ts'.length));
  if (!names.includes(name)) {
    throw new Sentence(
      `Say which benchmark: npm run bench -- ${names.join(' | ')}`,
    );
  }
  const bench = typescript('bench', `src/${name}.ts`, args);
  // a benchmark collects garbage before it reads how much memory is in use
  return foreground(['--expose-gc', ...bench.args], {
    cwd: bench.cwd,
    env: { ...(await env()), NODE_ENV: 'production' },
  });
});
