/**
 * `npm run walk`: opens every page and dialog as each of the demo's people, and looks for what a
 * reader would stumble over (packages/stories/src/walk). Pictures go to `.run/walk`.
 * `-- --people=ada --theme=dark --width=390 --text=200 --pages=jobs --dialogs=no` take a part.
 */
import { runInBrowser } from './lib/inBrowser.mjs';
import { Sentence } from './lib/log.mjs';

const OPTIONS = ['people', 'theme', 'width', 'text', 'pages', 'dialogs'];

await runInBrowser('walk', words => {
  const env = {};
  for (const word of words) {
    const [, name, value] = /^--(\w+)=(.*)$/.exec(word) ?? [];
    if (!OPTIONS.includes(name)) {
      throw new Sentence(
        `${word} is no option; say ${OPTIONS.map(one => `--${one}=…`).join(
          ', ',
        )}`,
      );
    }
    env[`WALK_${name.toUpperCase()}`] = value;
  }
  return { env };
});
