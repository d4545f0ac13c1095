/** A browser for stories, and the ways through the portal that every story takes. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const FLAGS = [
  // no sandbox can be had as root or in most containers; only our own pages are opened
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const SCREENSHOTS = resolve(__dirname, '../../../.run/screenshots');

/** How a page is opened. */
export interface PageOptions {
  theme?: 'light' | 'dark';
  /** Default: 1440 × 900. */
  viewport?: { width: number; height: number };
  /** More for the browser's context: time zone, permissions … */
  context?: BrowserContextOptions;
}

/** Starts the system's Chromium. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: FLAGS,
  });
}

/** Opens a page in a session of its own, as a person who has never been here. */
export async function openPage(
  browser: Browser,
  { theme = 'light', viewport, context }: PageOptions = {},
): Promise<Page> {
  const session = await browser.newContext({
    viewport: viewport ?? { width: 1440, height: 900 },
    colorScheme: theme,
    ...context,
  });
  return session.newPage();
}

/**
 * Signs a person in through the portal's sign-in page and the identity provider's pages, and waits for the page behind.
 * @param page - any page of a new session
 * @param portalUrl
 * @param person - name of the user's entity, as in `oskar.operator`
 * @param path - the page to land on; default: home
 * @returns the person's Backstage token, for calls of the API
 */
export async function signInAs(
  page: Page,
  portalUrl: string,
  person: string,
  path = '/',
): Promise<string> {
  await page.goto(portalUrl + path);
  const popup = page.waitForEvent('popup');
  const refreshed = page.waitForResponse(
    response =>
      response.url().includes('/api/auth/oidc/refresh') && response.ok(),
  );
  await page
    .getByRole('listitem')
    .filter({ hasText: 'Craft Easy SSO' })
    .getByRole('button', { name: 'Sign In' })
    .click();
  await choosePerson(await popup, person);
  const { backstageIdentity } = await (await refreshed).json();
  await insidePortal(page);
  return backstageIdentity.token;
}

async function choosePerson(popup: Page, person: string) {
  await popup.getByRole('button', { name: person }).click();
  await popup.waitForEvent('close');
}

/** Lets the guest in; only where there is no identity provider. */
export async function enterAsGuest(page: Page, portalUrl: string, path = '/') {
  await page.goto(portalUrl + path);
  await page.getByRole('button', { name: 'Enter' }).click();
  await insidePortal(page);
}

/** The sidebar's mark is on every page behind the sign-in. */
function insidePortal(page: Page) {
  return page.getByRole('link', { name: 'Craft Easy, home' }).waitFor();
}

/** Saves what is seen, for people, below `.run/screenshots`. */
export async function screenshot(page: Page, name: string): Promise<string> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const path = join(SCREENSHOTS, `${name}.png`);
  await page.screenshot({ path });
  return path;
}
