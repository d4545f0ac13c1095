/**
 * `npm run gates`: what `npm test` checks before its tests, alone; `npm run gates -- <pattern>`
 * some of it, by title. `-- --all`, or CI=true, adds what takes longer.
 */
import { killForeground } from './lib/foreground.mjs';
import { ALL, runGates } from './lib/gates.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { runCommand } from './lib/lifecycle.mjs';
import { ensureNode } from './lib/node.mjs';
import { runStages } from './lib/runStages.mjs';

const patterns = process.argv.slice(2).filter(argument => argument !== ALL);

await ensureNode();
await runCommand(
  async stopped => {
    await ensureInstalled();
    const { stage, finish } = runStages({ env: process.env }, stopped);
    await runGates(stage, patterns);
    return finish();
  },
  { stop: async () => killForeground(), kill: killForeground },
);
