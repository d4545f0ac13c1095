/**
 * `npm run walk`: opens every page and dialog as each of the demo's people, and looks for what a
 * reader would stumble over (packages/stories/src/walk). Pictures go to `.run/walk`.
 * `-- --people=ada --theme=dark --width=390 --text=200 --pages=jobs --dialogs=no` take a part.
 */
import { ensureChromium } from './lib/chromium.mjs';
import { ensureFrontend } from './lib/frontend.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { Sentence } from './lib/log.mjs';
import { ensureNode } from './lib/node.mjs';
import { longCommand } from './lib/soak.mjs';
import { runWithServices } from './lib/withServices.mjs';

const OPTIONS = ['people', 'theme', 'width', 'text', 'pages', 'dialogs'];

await ensureNode();
await runWithServices(async ({ foreground, env }) => {
  await ensureInstalled();
  const options = {};
  for (const argument of process.argv.slice(2)) {
    const [, name, value] = /^--(\w+)=(.*)$/.exec(argument) ?? [];
    if (!OPTIONS.includes(name)) {
      throw new Sentence(
        `${argument} is no option; say ${OPTIONS.map(one => `--${one}=…`).join(
          ', ',
        )}`,
      );
    }
    options[`WALK_${name.toUpperCase()}`] = value;
  }
  await ensureFrontend();
  const { args, cwd } = longCommand('walk', 'portal');
  return foreground(args, {
    cwd,
    env: {
      ...(await env()),
      CHROMIUM_PATH: await ensureChromium(),
      ...options,
    },
  });
});
