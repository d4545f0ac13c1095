/** `npm run setup`: everything that `npm start` and `npm test` need before they start anything. */
import { ensureNode } from './lib/node.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { complain, say } from './lib/log.mjs';

await ensureNode();
try {
  await ensureInstalled();
  say(`Ready, with Node ${process.versions.node}.`);
} catch (error) {
  complain(error);
  process.exit(1);
}
