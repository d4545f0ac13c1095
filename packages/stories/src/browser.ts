/** A browser for stories, and the ways through the portal that every story takes. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { PersonName } from './people';

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

/** How long something may take to appear, on a busy machine too; what is broken is known soon. */
const PATIENCE_MS = 30_000;

/** Settings of Blink for a mouse, as at a desk. */
export const MOUSE =
  'primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4';

/** Settings of Blink for a finger, which cannot hover. */
export const TOUCH =
  'primaryHoverType=1,availableHoverTypes=1,primaryPointerType=2,availablePointerTypes=2';

const SCREENSHOTS = resolve(__dirname, '../../../.run/screenshots');

/** How a page is opened. */
export interface PageOptions {
  theme?: 'light' | 'dark';
  /** Default: 1440 × 900. */
  viewport?: { width: number; height: number };
  /** More for the browser's context: time zone, permissions … */
  context?: BrowserContextOptions;
}

/** Starts the system's Chromium; `flags` are further ones of its command line. */
export async function launchBrowser(flags: string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [...FLAGS, ...flags],
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
  // a busy machine is slow, not wrong
  session.setDefaultTimeout(PATIENCE_MS);
  return session.newPage();
}

/**
 * Signs a person in through the pages of the portal and of the identity provider, and waits for
 * the page behind.
 * @param page - any page of a new session
 * @param path - the page to land on; default: home
 */
export async function signInAs(
  page: Page,
  portalUrl: string,
  person: PersonName,
  path = '/',
) {
  await page.goto(portalUrl + path);
  const popup = page.waitForEvent('popup');
  await page
    .getByRole('listitem')
    .filter({ hasText: 'Craft Easy SSO' })
    .getByRole('button', { name: 'Sign In' })
    .click();
  await choosePerson(await popup, person);
  await insidePortal(page);
}

/**
 * The identity provider of the demo lists its people: a button each, with the name of the user
 * entity as its value.
 */
async function choosePerson(popup: Page, person: PersonName) {
  const closed = popup.waitForEvent('close');
  await popup.locator(`button[value="${person}"]`).click();
  await closed;
}

/** Lets the guest in; only where there is no identity provider. */
export async function enterAsGuest(page: Page, portalUrl: string, path = '/') {
  await page.goto(portalUrl + path);
  await page.getByRole('button', { name: 'Enter' }).click();
  await insidePortal(page);
}

/**
 * The sidebar's mark is on every page behind the sign-in; a dialog or drawer that the address opens
 * hides it from screen readers, and so from a search by role.
 */
function insidePortal(page: Page) {
  return page
    .getByRole('link', { name: 'Craft Easy, home', includeHidden: true })
    .waitFor();
}

/** Saves what is seen, for people, below `.run/screenshots`. */
export async function screenshot(page: Page, name: string): Promise<string> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const path = join(SCREENSHOTS, `${name}.png`);
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path });
  return path;
}
