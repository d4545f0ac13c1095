/** A line of a crontab as its owner and the operator live it, by the wrapper. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage, screenshot, signInAs } from './browser';
import { startStack, type Stack } from './stack';

const WRAPPER = require.resolve(
  '@craft-easy/operations-run/bin/operations-run',
);

describe('lines of a crontab', () => {
  let stack: Stack;
  let browser: Browser;
  let spool: string;

  beforeAll(async () => {
    spool = mkdtempSync(join(tmpdir(), 'story-spool-'));
    stack = await startStack();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    rmSync(spool, { recursive: true, force: true });
  });

  /** The line as cron starts it. @returns its exit code */
  async function start(job: string, options: string[], script: string) {
    const line = spawn(
      WRAPPER,
      ['--job', job, ...options, '--', 'sh', '-c', script],
      {
        stdio: 'ignore',
        env: {
          PATH: process.env.PATH,
          OPERATIONS_URL: stack.url,
          OPERATIONS_TOKEN: stack.env.PLATFORM_CHECKIN_TOKEN!,
          OPERATIONS_SPOOL: spool,
        },
      },
    );
    const [code] = await once(line, 'exit');
    return code;
  }

  it('[checkin.6] a line fails, appears in Attention, its log is read, and the next run recovers it', async () => {
    const page = await openPage(browser);
    await signInAs(page, stack.url, 'oskar.operator', '/operations');
    const copy = (script: string) =>
      start('db-story-copy', ['--fired-by', 'cron on db-1'], script);
    expect(
      await copy('echo copying; echo "No space left on device" >&2; exit 11'),
    ).toBe(11);
    await page
      .getByRole('link', { name: /db-story-copy.* failed/i })
      .first()
      .click();
    const log = page.getByRole('region', { name: 'Log lines' });
    await log.getByText('No space left on device').waitFor();
    await screenshot(page, 'checkin-log');

    expect(await copy('echo copied')).toBe(0);
    await page.goto(`${stack.url}/operations/jobs/checkin/db-story-copy`);
    await page.getByText('succeeded').first().waitFor();
    await screenshot(page, 'checkin-recovered');
    await page.goto(`${stack.url}/operations`);
    await page
      .getByRole('link', { name: /db-story-copy.* failed/i })
      .waitFor({ state: 'detached' });
  });

  it('[checkin.6] shows a slot that nobody reported as missed', async () => {
    const options = ['--schedule', 'every 1s', '--grace-minutes', '0.01'];
    expect(await start('db-story-silent', options, 'true')).toBe(0);
    const page = await openPage(browser);
    await signInAs(
      page,
      stack.url,
      'oskar.operator',
      '/operations/jobs/checkin/db-story-silent',
    );
    await page
      .getByText(/ · missed \d/)
      .first()
      .waitFor({ timeout: 90_000 });
    await screenshot(page, 'checkin-missed');
  });

  it('[checkin.6] shows the lines of the demo’s crontab, with their schedule and log', async () => {
    const page = await openPage(browser);
    await signInAs(page, stack.url, 'oskar.operator', '/operations/jobs');
    // new rows wait while the pointer is over the table
    await page.mouse.move(0, 0);
    // it comes into being when cron starts it for the first time
    const line = page.getByRole('link', { name: 'db-vacuum' }).first();
    await line.waitFor({ timeout: 90_000 });
    await line.click();
    await page.getByText(/Every minute, fired by cron on db-1/).waitFor();
    const rows = page.getByRole('row').filter({ hasText: /schedule/i });
    const row = rows.filter({ hasText: /succeeded/i }).first();
    await row.waitFor();
    expect(await row.textContent()).toMatch(/schedule/i);
    await screenshot(page, 'checkin-demo');
  });
});
