/**
 * `npm run walk`: opens every page and every dialog as each of the demo's people, light and dark,
 * at four widths, with text as it is and twice as large. Saves what is seen below `.run/walk`, and
 * fails on what a reader would stumble over.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, MOUSE, openPage, signInAs, TOUCH } from '../browser';
import { startStack, type Stack } from '../stack';
import { happen } from './happen';
import { look } from './look';
import { pagesOf, walksOf, type Walk } from './options';
import { linksOf, openersOf, PAGES, settle } from './visit';

const FOLDER = resolve(__dirname, '../../../../.run/walk');
/** Many, and each takes a while. */
const opensDialogs = process.env.WALK_DIALOGS !== 'no';
/** Where there is a mouse, in px. */
const DESK = 1280;
/** What a person may not do is refused, which the browser reports as an error. */
const EXPECTED = /Failed to load resource.*\b(403|404)\b/;

const OPENED = '[role=dialog], [role=menu], [role=listbox]';

describe('a walk through the portal', () => {
  let stack: Stack;
  /** by their settings */
  const browsers = new Map<string, Browser>();
  const all = new Map<string, Set<string>>();

  beforeAll(async () => {
    stack = await startStack();
    await happen(stack.url);
  });

  afterAll(async () => {
    for (const browser of browsers.values()) await browser.close();
    await stack?.stop();
    const report = [...all]
      .map(([fault, where]) => `${fault}\n    ${[...where].join('\n    ')}`)
      .join('\n');
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, 'faults.txt'), report);
  });

  it.each(
    walksOf(process.env).map(walk => [Object.values(walk).join(', '), walk]),
  )('finds nothing to stumble over: %s', async (_title, walk) => {
    const faults: string[] = [];
    const page = await enter(walk as Walk);
    const said = collectErrors(page);
    const waiting = pagesOf(PAGES, process.env);
    const done = new Set<string>();
    const pressed = new Set<string>();
    const folder = join(FOLDER, Object.values(walk as Walk).join('-'));
    mkdirSync(folder, { recursive: true });

    const see = async (name: string) => {
      await settle(page);
      const found = [...(await look(page)), ...said.splice(0)];
      await page.screenshot({ path: join(folder, `${fileOf(name)}.png`) });
      for (const fault of found) {
        faults.push(`${name}: ${fault}`);
        const places = all.get(fault) ?? new Set();
        all.set(fault, places.add(`${folder.split('/').pop()} ${name}`));
      }
    };

    for (let path = waiting.shift(); path; path = waiting.shift()) {
      if (done.has(path)) continue;
      done.add(path);
      await open(page, path, said);
      await see(path);
      if (PAGES.includes(path) || /^\/operations\/jobs\/[^?]+$/.test(path)) {
        waiting.push(...(await linksOf(page)).filter(to => !done.has(to)));
      }
      const openers = opensDialogs ? await openersOf(page) : [];
      for (const { name, kind } of openers) {
        if (pressed.has(kind)) continue;
        pressed.add(kind);
        const address = page.url();
        const opened = await press(page, name);
        if (opened) await see(`${path} ${name}`);
        if (opened || page.url() !== address) await open(page, path, said);
      }
    }
    await page.context().close();
    expect(faults).toEqual([]);
  });

  async function enter({ person, theme, width, text }: Walk): Promise<Page> {
    const height = width < 500 ? 844 : 900;
    const settings = [
      `defaultFontSize=${text * 0.16}`,
      // narrower are phones and tablets
      width >= DESK ? MOUSE : TOUCH,
    ].join();
    const browser =
      browsers.get(settings) ??
      (await launchBrowser([`--blink-settings=${settings}`]));
    browsers.set(settings, browser);
    const page = await openPage(browser, {
      theme,
      context: { reducedMotion: 'reduce' },
    });
    // on a phone nothing of the sidebar says that one is inside
    await signInAs(page, stack.url, person);
    await page.setViewportSize({ width, height });
    return page;
  }

  async function open(page: Page, path: string, said: string[]) {
    await page.goto(stack.url + path);
    // by its element: an open dialog hides it from whoever looks for roles
    await page
      .locator('main, article')
      .first()
      .waitFor({ state: 'attached', timeout: 15_000 })
      .catch(() => said.push('shows nothing'));
    await settle(page);
  }

  /** Presses a button; answers whether that opened a dialog or menu. */
  async function press(page: Page, name: string): Promise<boolean> {
    const before = await page.locator(OPENED).count();
    const button = page
      .locator('button, [role=switch]')
      .and(page.getByRole('button', { name, exact: true }))
      .first();
    try {
      const soon = { timeout: 1_000 };
      // the buttons of a row show while the focus is in it
      await button.focus(soon);
      // one that is off says why, though it is not enabled
      const isOff = (await button.getAttribute('aria-disabled')) === 'true';
      await button.click({ ...soon, force: isOff });
    } catch {
      // hidden at this width, or gone since
      return false;
    }
    const opened = await page
      .locator(OPENED)
      .nth(before)
      // its code may have to be loaded first
      .waitFor({ state: 'attached', timeout: 1_500 })
      .then(
        () => true,
        () => false,
      );
    await settle(page);
    return opened;
  }
});

/** What the page's scripts complain of from now on. */
function collectErrors(page: Page): string[] {
  const said: string[] = [];
  page.on('pageerror', error => said.push(`throws ${error.message}`));
  page.on('console', message => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) {
      said.push(`logs an error: ${message.text().slice(0, 200)}`);
    }
  });
  return said;
}

function fileOf(name: string): string {
  return name.replace(/[^\w.-]+/g, '_').slice(0, 120) || 'home';
}
