/** A night in which a provider is down, made whole in the morning by one action. */
import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import {
  defineJob,
  startWorker,
  type WorkerHandle,
} from '@craft-easy/operations-sdk/jobs';
import { launchBrowser, openPage, screenshot, signInAs } from './browser';
import { apiAs, type PersonApi } from './people';
import { withQueue } from './queue';
import { startStack, type Stack } from './stack';
import { until } from './until';

const REASON = 'the mail provider answers again';
const TENANTS = [
  'nordic-gym',
  'padel-house',
  'alpine-spa',
  'city-yoga',
  'harbor-swim',
];
const JOBS = ['invoices', 'receipts', 'reminders', 'vouchers', 'surveys'].map(
  name => `night-${name}`,
);
const GUARDED = 'night-ledger';
const FAILED = 400;
const FORBIDDEN = 3;

describe('a night in which a provider was down', () => {
  let stack: Stack;
  let browser: Browser;
  let oskar: PersonApi;
  const workers: WorkerHandle[] = [];
  /** the provider, and how often each run called it while it was up */
  let isUp = false;
  const calls = new Map<string, number>();
  const guardedCalls: string[] = [];

  const send = (runId: string) => {
    if (!isUp) throw new Error('503 from night-mailer: try again later');
    calls.set(runId, (calls.get(runId) ?? 0) + 1);
  };

  beforeAll(async () => {
    stack = await startStack({ demo: true });
    browser = await launchBrowser();
    oskar = await apiAs(stack.url, 'oskar.operator');
    workers.push(
      startWorker({
        connection: stack.redisUrl,
        tenants: TENANTS,
        jobs: JOBS.map(name =>
          defineJob({
            name,
            description: 'Sends mail through the provider',
            owner: 'group:default/platform',
            ...{ tenantScoped: true, concurrency: 5, attempts: 1 },
            handler: async ctx => send(ctx.runId),
          }),
        ),
      }),
      startWorker({
        connection: stack.redisUrl,
        tenants: TENANTS.slice(0, FORBIDDEN),
        jobs: [
          defineJob({
            name: GUARDED,
            description: 'Books the mails that were sent',
            owner: 'group:default/finance',
            ...{ tenantScoped: true, attempts: 1, manualRun: false },
            manualRunReason: 'Not safe to re-run: it would book twice',
            onCall: { title: 'Finance on call', url: 'https://pager.test/f' },
            schedule: { cron: onceSoon(), timezone: 'UTC' },
            handler: async ctx => {
              guardedCalls.push(ctx.runId);
              send(ctx.runId);
            },
          }),
        ],
      }),
    );
    await Promise.all(workers.map(({ ready }) => ready));
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all(workers.map(worker => worker.close()));
    await stack?.stop();
  });

  const summaryOf = (filter: object) =>
    oskar.client.call('GET /run-summary', { query: filter });
  const group = async () => {
    const { facets } = await summaryOf({ search: 'night-mailer' });
    return facets.group[0]?.value;
  };

  /** Queues runs as the platform does; they fail while the provider is down. */
  async function runMany(count: number) {
    await Promise.all(
      JOBS.map((job, j) =>
        withQueue(stack, job, async queue => {
          const mine = Array.from({ length: count }, (_, i) => i).filter(
            i => i % JOBS.length === j,
          );
          await queue.addBulk(
            mine.map(i => {
              const runId = `night-${randomUUID()}`;
              const tenant =
                TENANTS[Math.floor(i / JOBS.length) % TENANTS.length];
              return {
                name: job,
                data: { v: 1, runId, trigger: 'api', tenant },
                opts: { jobId: runId },
              };
            }),
          );
        }),
      ),
    );
  }

  it('[night.1] retries the 397 runs that a provider’s outage failed in one action, lists the three that a contract forbids with whom to page, and leaves a whole trail', async () => {
    await until(
      'the jobs in the inventory',
      () => oskar.client.call('GET /jobs', { query: { search: 'night-' } }),
      page => page.totalItems === JOBS.length + 1,
    );
    await runMany(FAILED - FORBIDDEN);
    await until(
      'the failures of the night',
      () => summaryOf({ search: 'night-mailer', status: ['failed'] }),
      found => found.totalItems === FAILED,
      // the slot of the guarded job comes within so long
      180_000,
    );

    const page = await openPage(browser);
    await signInAs(page, stack.url, 'oskar.operator', '/operations/runs');
    await page.getByRole('button', { name: 'Error', exact: true }).click();
    await page.getByRole('checkbox', { name: /503 from night-mailer/ }).check();
    await page.keyboard.press('Escape');
    await page.getByText('400 runs', { exact: true }).waitFor();
    expect(page.url()).toContain(`group=${await group()}`);
    await screenshot(page, 'story-night-runs');

    isUp = true;
    await page
      .getByRole('checkbox', { name: 'Select all on this page' })
      .check();
    await page
      .getByRole('button', { name: 'Select all 400 matching runs' })
      .click();
    await page.getByRole('button', { name: 'Retry…' }).click();
    const dialog = page
      .getByRole('dialog')
      .filter({ hasText: 'Kept in the audit trail' });
    await dialog.getByRole('heading', { name: 'Retry 397 runs' }).waitFor();
    await dialog.getByText(/^Of 5 jobs: /).waitFor();
    await dialog.getByText(/^For 5 tenants: /).waitFor();
    await dialog.getByText('3 runs are not retried: ask or page').waitFor();
    await dialog.getByText(/Not safe to re-run/).waitFor();
    expect(
      await dialog
        .getByRole('link', { name: /^Finance on call/ })
        .getAttribute('href'),
    ).toBe('https://pager.test/f');
    await dialog.getByRole('textbox', { name: /reason/i }).fill(REASON);
    await screenshot(page, 'story-night-dialog');
    await dialog.getByRole('button', { name: 'Retry', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('progressbar').first().waitFor();
    await page
      .getByText('Retry of 397 runs has ended')
      .waitFor({ timeout: 120_000 });
    await page.getByText('397 succeeded').waitFor();
    await screenshot(page, 'story-night-whole');

    // each was done once, and nothing guarded was started again
    expect(calls.size).toBe(FAILED - FORBIDDEN);
    expect([...calls.values()].every(n => n === 1)).toBe(true);
    expect(guardedCalls).toHaveLength(FORBIDDEN);

    // the trend shows the failures as recovered
    for (const name of JOBS) {
      const { days } = await oskar.client.call(
        'GET /jobs/:engine/:name/trend',
        { params: { engine: 'bullmq', name }, query: { days: 2 } },
      );
      const sum = (of: 'failed' | 'recovered' | 'succeeded') =>
        days.reduce((total, day) => total + day[of], 0);
      expect([name, sum('recovered')]).toEqual([name, sum('failed')]);
      expect(sum('succeeded')).toBe(sum('failed'));
    }

    // one entry for the action, one for each run
    const [entry] = (
      await oskar.client.call('GET /audit', {
        query: { action: ['run.bulk-retry'] },
      })
    ).items;
    expect(entry).toMatchObject({
      ...{ actor: 'user:default/oskar.operator', reason: REASON },
      ...{ outcome: 'succeeded', after: { count: FAILED - FORBIDDEN } },
    });
    const retries = await oskar.client.call('GET /audit', {
      query: { action: ['job.retry'], limit: 1 },
    });
    expect(retries.totalItems).toBe(FAILED - FORBIDDEN);
  });

  it('[night.2] goes on after the portal is killed in the middle: no run is lost, none is done twice', async () => {
    isUp = false;
    calls.clear();
    const before = (
      await summaryOf({ search: 'night-mailer', status: ['failed'] })
    ).totalItems;
    await runMany(150);
    const failed = await until(
      'the failures',
      () => summaryOf({ search: 'night-mailer', status: ['failed'] }),
      found => found.totalItems === before + 150,
    );
    expect(failed.totalIsExact).toBe(true);
    isUp = true;
    const filter = { group: [(await group())!], status: ['failed' as const] };
    const preview = await oskar.client.call('POST /run-bulks/preview', {
      body: { action: 'retry', selection: { filter } },
    });
    expect(preview.count).toBe(150);
    const { bulk } = await oskar.client.call('POST /run-bulks', {
      body: {
        action: 'retry',
        selection: { filter, asOf: preview.asOf },
        ...{ expected: 150, perSecond: 1, reason: REASON },
      },
      idempotencyKey: randomUUID(),
    });
    const bulkOf = () =>
      oskar.client.call('GET /run-bulks/:id', { params: { id: bulk.id } });
    await until('some of them', bulkOf, now => now.left < 120);
    await stack.kill('backend', 'SIGKILL');
    await stack.restart('backend');
    oskar = await apiAs(stack.url, 'oskar.operator');
    const ended = await until(
      'the end of it',
      bulkOf,
      now => now.status === 'finished',
      120_000,
    );
    expect(ended).toMatchObject({ succeeded: 150, failed: 0, refused: 0 });
    expect(calls.size).toBe(150);
    expect([...calls.values()].every(n => n === 1)).toBe(true);
    expect(guardedCalls).toHaveLength(FORBIDDEN);
  });
});

/** A schedule that comes due once, in the next minute that leaves time to announce it. */
function onceSoon(): string {
  const at = new Date(Date.now() + 75_000);
  return `${at.getUTCMinutes()} ${at.getUTCHours()} ${at.getUTCDate()} ${
    at.getUTCMonth() + 1
  } *`;
}
