/**
 * `npm run soak`: what takes too long for `npm test`, the files `*.soak.ts` in packages/stories,
 * on services of their own. `npm run soak -- <pattern>` runs those whose path matches.
 */
import { ensureNode } from './lib/node.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { ensureFrontend } from './lib/frontend.mjs';
import { inRoot } from './lib/paths.mjs';
import { runWithServices } from './lib/withServices.mjs';

await ensureNode();
await runWithServices(async ({ foreground, env }) => {
  await ensureInstalled();
  await ensureFrontend();
  return foreground(
    [
      inRoot('node_modules/jest/bin/jest.js'),
      '--config',
      inRoot('packages/stories/jest.config.js'),
      '--testMatch',
      '**/*.soak.ts',
      '--runInBand',
      '--testTimeout',
      String(60 * 60 * 1000),
      ...process.argv.slice(2),
    ],
    {
      cwd: inRoot('packages/stories'),
      env: { ...(await env()), CHROMIUM_PATH: await ensureChromium() },
    },
  );
});
