/** Goes through a page: the page itself, what it links to, and each dialog that it opens. */
import type { Page } from 'playwright-core';

/** Where a walk begins; the rest is found on the way. */
export const PAGES = [
  '/',
  ...[
    ...['attention', 'jobs', 'webhooks', 'rate-limits', 'flags'],
    ...['maintenance', 'caches', 'migrations', 'approvals', 'audit'],
  ].map(name => `/operations/${name}`),
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

/** Buttons that open something, a name each: "Run …" of twenty rows is one. */
export async function openersOf(page: Page): Promise<string[]> {
  const names = await page
    .locator(
      'main button, article button, [role=dialog] button, main [role=switch]',
    )
    .evaluateAll(buttons =>
      buttons
        .filter(button => !button.closest('header, nav, [role=tablist]'))
        .map(
          button =>
            button.getAttribute('aria-label') ?? button.textContent!.trim(),
        )
        .filter(Boolean),
    );
  const firstOfAKind = new Map<string, string>();
  for (const name of names) {
    // "Retry weekly-license-renewal-reminder" is of the kind "Retry"
    const kind = name.replace(/\s+\S*[-_:.]\S*/g, '').replace(/\d+/g, 'n');
    if (!firstOfAKind.has(kind)) firstOfAKind.set(kind, name);
  }
  return [...firstOfAKind.values()].filter(
    name => !/^(Close|Cancel|Sign|Export|Download|Copy)/.test(name),
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
