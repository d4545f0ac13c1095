/**
 * `npm run pictures`: takes the pictures of the README anew, from a demo of its own
 * (packages/stories/src/pictures). They go to `docs/images`; look at each before you commit it.
 * `-- purge` takes those alone whose name has the word.
 */
import { runInBrowser } from './lib/inBrowser.mjs';

await runInBrowser('pictures', names => ({
  args: names.length > 0 ? ['-t', names.join('|')] : [],
}));
