/** Goes through a page: the page itself, what it links to, and each dialog that it opens. */
import type { Page } from 'playwright-core';

/** Where a walk begins; the rest is found on the way. */
export const PAGES = [
  '/',
  ...[
    ...['attention', 'jobs', 'runs', 'runs/upcoming', 'webhooks'],
    ...[
      'rate-limits',
      'flags',
      'maintenance',
      'caches',
      'migrations',
      'approvals',
      'audit',
    ],
  ].map(name => `/operations/${name}`),
  '/operations/tenants/nordic-gym',
  '/operations/nonsense',
];

/** How many links of one kind are followed. */
const OF_A_KIND = 2;

/** What a page links to within Operations, a few of each kind. */
export async function linksOf(page: Page): Promise<string[]> {
  const all = await page
    .locator('main a[href*="/operations/"], a[href*="/operations/"]')
    .evaluateAll(links =>
      links.map(link => link.getAttribute('href')!).filter(Boolean),
    );
  const kinds = new Map<string, string[]>();
  for (const href of new Set(all)) {
    const url = new URL(href, 'http://portal');
    const isPlainPage = PAGES.includes(url.pathname) && !url.search;
    if (isPlainPage || url.hash) continue;
    const kind = [
      url.pathname.replace(/(\/jobs\/[^/]+)\/.+/, '$1/…'),
      ...[...url.searchParams.keys()].sort(),
    ].join(' ');
    const known = kinds.get(kind) ?? [];
    if (known.length < OF_A_KIND) known.push(url.pathname + url.search);
    kinds.set(kind, known);
  }
  return [...kinds.values()].flat();
}

/** A button that may open something. */
interface Opener {
  name: string;
  /** the same for the buttons of all rows: "Retry weekly-report" is of the kind "Retry" */
  kind: string;
}

/**
 * Buttons that open something, one of each kind; those that are off say why. Where a drawer is
 * open, its own: the page behind it cannot be reached.
 */
export async function openersOf(page: Page): Promise<Opener[]> {
  const drawer = page.locator('[role=dialog]').last();
  const isInDrawer = (await drawer.count()) > 0;
  const within = isInDrawer ? drawer : page.locator('main, article');
  const found = await within
    .locator('button, [role=switch]')
    .evaluateAll(buttons =>
      buttons
        .filter(button => !button.closest('nav, [role=tablist]'))
        .map(button => ({
          name: button.getAttribute('aria-label') ?? button.textContent!.trim(),
          isOff: button.getAttribute('aria-disabled') === 'true',
        }))
        .filter(({ name }) => !!name),
    );
  const where = `${new URL(page.url()).pathname} ${isInDrawer}`;
  const openers = new Map<string, Opener>();
  for (const { name, isOff } of found) {
    const words = name.replace(/\s+\S*[-_:.]\S*/g, '').replace(/\d+/g, 'n');
    const kind = `${where} ${isOff} ${words}`;
    if (!openers.has(kind)) openers.set(kind, { name, kind });
  }
  return [...openers.values()].filter(
    ({ name }) =>
      !/^(Close|Cancel$|Sign|Export|Download|Copy|Dismiss)/.test(name),
  );
}

/** Waits until a page has come to rest: nothing loads, no skeleton is left. */
export async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await page
    .waitForFunction(
      () =>
        !document.querySelector('[aria-busy=true], .MuiSkeleton-root') &&
        document.getAnimations().every(one => one.playState !== 'running'),
      undefined,
      { timeout: 10_000 },
    )
    // what moves for ever, such as a countdown, is looked at as it is
    .catch(() => undefined);
}
