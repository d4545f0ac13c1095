/**
 * `npm run soak`: every capability under load while everything fails
 * (packages/stories/src/faults.soak.ts). `-- --minutes=20 --seed=1 --variant=sentinel` say how
 * long, which faults, and where: `sentinel`, `cluster` or `sqlite`. `npm run soak -- <pattern>`
 * runs other files `*.soak.ts`, by path. All have services of their own.
 */
import { ensureNode } from './lib/node.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { Sentence } from './lib/log.mjs';
import { soakCommand } from './lib/soak.mjs';
import { runWithServices } from './lib/withServices.mjs';

await ensureNode();
await runWithServices(async ({ foreground, env }) => {
  await ensureInstalled();
  const options = {};
  const patterns = [];
  for (const argument of process.argv.slice(2)) {
    const [, name, value] = /^--(\w+)=(.*)$/.exec(argument) ?? [];
    if (!name) patterns.push(argument);
    else if (!['minutes', 'seed', 'variant'].includes(name)) {
      throw new Sentence(
        `--${name} is no option; say --minutes=…, --seed=… or --variant=…`,
      );
    } else options[`SOAK_${name.toUpperCase()}`] = value;
  }
  const { args, cwd } = soakCommand(patterns[0] ?? 'faults');
  return foreground(args, { cwd, env: { ...(await env()), ...options } });
});
