/** Long work in a browser, with services and a demo of its own: the walk, and the pictures. */
import { ensureChromium } from './chromium.mjs';
import { ensureFrontend } from './frontend.mjs';
import { ensureInstalled } from './install.mjs';
import { ensureNode } from './node.mjs';
import { longCommand } from './soak.mjs';
import { runWithServices } from './withServices.mjs';

/**
 * Runs the files of a kind, on the pages as they are.
 * @param {'walk' | 'pictures'} kind - before the end of their names
 * @param {(words: string[]) => { args?: string[], env?: Record<string, string> }} read - what the
 *   words of the command line ask for, of Jest and by the environment; it may throw a Sentence
 */
export async function runInBrowser(kind, read) {
  await ensureNode();
  await runWithServices(async ({ foreground, env }) => {
    const asked = read(process.argv.slice(2));
    await ensureInstalled();
    await ensureFrontend();
    const { args, cwd } = longCommand(kind, `/${kind}/`);
    return foreground([...args, ...(asked.args ?? [])], {
      cwd,
      env: {
        ...(await env()),
        CHROMIUM_PATH: await ensureChromium(),
        ...asked.env,
      },
    });
  });
}
