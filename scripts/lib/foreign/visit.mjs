/** Opens all that the packages show in somebody else's portal, as its guest. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { Sentence } from '../log.mjs';

const FLAGS = [
  // no sandbox can be had as root or in most containers; only this portal is opened
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const PATIENCE_MS = 60_000;

/** The job of the SDK's README, which may be run by hand, and what its log says. */
const JOB = 'tenant-export';
const LOG = 'exporting …';

/** The pages, by their addresses below `/operations`. */
const PAGES = [
  ...['attention', 'jobs', 'runs', 'webhooks', 'rate-limits', 'flags'],
  ...['maintenance', 'caches', 'migrations', 'approvals', 'audit'],
];

/** What is on the pages of entities, and a text of ours that is to be seen there. */
const ENTITIES = [
  { path: `component/${JOB}`, name: 'job card', shown: 'All runs' },
  { path: `component/${JOB}/runs`, name: 'runs tab', shown: 'Last 30 days' },
  { path: 'component/acme', name: 'tenant cards', shown: 'Controls' },
  {
    path: 'component/acme',
    name: 'jobs of a tenant',
    shown: '0 jobs that run for this tenant',
  },
  { path: 'group/finance', name: 'flags card', shown: 'All flags' },
  { path: 'group/finance/jobs', name: 'jobs tab', shown: 'daily-mrr-rollup' },
];

/**
 * @param {string} url
 * @param {{legacy: boolean, screenshots: string}} options - `screenshots`: folder for the last
 *   page that was seen
 * @returns {Promise<{opened: string[], firstVisit: number}>} `firstVisit`: bytes of scripts,
 *   gzipped, that the portal did not have before Operations was opened
 */
export async function visitPortal(url, { legacy, screenshots }) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH,
    args: FLAGS,
  });
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
  });
  page.setDefaultTimeout(PATIENCE_MS);
  const visit = new Visit(page, url);
  try {
    return await visitAll(visit, legacy);
  } catch (error) {
    mkdirSync(screenshots, { recursive: true });
    const picture = join(screenshots, 'foreign-portal.png');
    await page.screenshot({ path: picture });
    throw new Sentence(
      [
        error.message,
        `The browser was at ${page.url()}; see ${picture}.`,
        ...new Set(visit.said),
      ].join('\n'),
    );
  } finally {
    await browser.close();
  }
}

async function visitAll(visit, legacy) {
  const { page } = visit;
  await visit.enter();
  // what the portal says by itself is not ours
  await visit.open('/catalog');
  await visit.open(`/catalog/default/component/nothing`);
  const theirs = new Set(visit.said.splice(0));
  const firstVisit = await visit.weigh('/operations/jobs', page =>
    page.getByText(JOB).first().waitFor(),
  );

  const opened = [];
  for (const name of PAGES) {
    await visit.open(`/operations/${name}`);
    await page.locator(`a[href="/operations/${name}"]`).first().waitFor();
    await visit.settle();
    opened.push(name);
  }
  if (!legacy) {
    await visit.open('/operations/jobs');
    await page.getByRole('tab', { name: 'Releases', exact: true }).click();
    await page.getByText('Failed since the release').waitFor();
    await visit.settle();
    opened.push('a tab of their own');
  }
  await runJob(page, visit);
  opened.push('a run with its log');
  for (const entity of legacy ? ENTITIES.slice(0, 1) : ENTITIES) {
    await visit.open(`/catalog/default/${entity.path}`);
    await page.getByText(entity.shown, { exact: true }).first().waitFor();
    await visit.settle();
    opened.push(entity.name);
  }
  if (!legacy) {
    await visit.open('/');
    await page.getByText('Attention', { exact: true }).first().waitFor();
    opened.push('the home widget');
  }

  const ours = visit.said.filter(line => !theirs.has(line));
  if (ours.length > 0) {
    throw new Sentence(`On our pages, the browser said\n${ours.join('\n')}`);
  }
  return { opened, firstVisit };
}

async function runJob(page, visit) {
  await visit.open(`/operations/jobs/bullmq/${JOB}`);
  await page.getByRole('button', { name: `Run ${JOB}` }).click();
  const dialog = page.getByRole('dialog');
  await dialog
    .getByRole('textbox', { name: /reason/i })
    .fill('shown in a portal of its own');
  await dialog.getByRole('button', { name: /^Run/ }).last().click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByText('succeeded', { exact: true }).first().waitFor();
  await page
    .getByRole('link', { name: /unscheduled/ })
    .first()
    .click();
  await page
    .getByRole('region', { name: 'Log lines' })
    .getByText(LOG)
    .waitFor();
}

class Visit {
  #scripts = new Map();
  #url;

  constructor(page, url) {
    this.page = page;
    this.#url = url;
    /** Errors and warnings of the console. @type {string[]} */
    this.said = [];
    page.on('console', message => {
      if (!['error', 'warning'].includes(message.type())) return;
      const where = message.location().url.replace(url, '');
      this.said.push(`${message.type()}: ${message.text()} ${where}`);
    });
    page.on('pageerror', error => this.said.push(`uncaught: ${error.message}`));
    page.on('response', response => {
      if (response.request().resourceType() === 'script') {
        this.#scripts.set(response.url(), response);
      }
    });
  }

  /** The guest of the portal: at once, or by the card where nobody was signed in before. */
  async enter() {
    await this.page.goto(this.#url);
    const card = this.page.getByRole('button', { name: 'Enter' });
    const inside = this.page.getByRole('link', { name: /settings/i }).first();
    await card.or(inside).first().waitFor();
    if (await card.isVisible()) await card.click();
    await inside.waitFor();
    await this.settle();
  }

  async open(path) {
    await this.page.goto(this.#url + path);
    await this.settle();
  }

  async settle() {
    await this.page.waitForLoadState('networkidle');
  }

  /** Bytes of scripts, gzipped, that a page adds to the one that is open. */
  async weigh(path, shown) {
    await this.open('/catalog');
    this.#scripts.clear();
    // as a link of the portal does
    await this.page.evaluate(to => {
      window.history.pushState({}, '', to);
      window.dispatchEvent(new PopStateEvent('popstate'));
    }, path);
    await shown(this.page);
    await this.settle();
    const bodies = await Promise.all(
      [...this.#scripts.values()].map(response => response.body()),
    );
    return bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
  }
}
