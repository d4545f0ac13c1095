/**
 * `npm run build:api-reports`: writes the API reports anew, after a change of what packages export.
 */
import { foreground, killForeground } from './lib/foreground.mjs';
import { API_REPORTS, DECLARATIONS, commandLine } from './lib/gates.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { runCommand } from './lib/lifecycle.mjs';
import { ensureNode } from './lib/node.mjs';
import { ROOT } from './lib/paths.mjs';

await ensureNode();
await runCommand(
  async () => {
    await ensureInstalled();
    const options = { cwd: ROOT, env: process.env };
    return (
      (await foreground(commandLine(DECLARATIONS), options)) ||
      (await foreground(commandLine(API_REPORTS), options))
    );
  },
  { stop: async () => killForeground(), kill: killForeground },
);
