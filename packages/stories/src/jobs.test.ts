/** The life of a job as its operator lives it, against a whole stack. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import express from 'express';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage, screenshot, signInAs } from './browser';
import { apiAs, type PersonApi } from './people';
import { withQueue } from './queue';
import { startStack, type Stack } from './stack';
import { until } from './until';

const REMINDER = { engine: 'bullmq', name: 'weekly-license-renewal-reminder' };
const ROLLUP = { engine: 'bullmq', name: 'daily-mrr-rollup' };
const REASON = 'shown by a story of this project';

describe('jobs', () => {
  let stack: Stack;
  let browser: Browser;
  let oskar: PersonApi;

  beforeAll(async () => {
    stack = await startStack();
    browser = await launchBrowser();
    oskar = await apiAs(stack.url, 'oskar.operator');
    await until(
      'the two failed jobs in the panel',
      () => oskar.client.call('GET /attention'),
      page => page.open.critical + page.open.high >= 2,
    );
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  async function fillReasonAndConfirm(page: Page, verb: string) {
    const dialog = page
      .getByRole('dialog')
      .filter({ hasText: 'Kept in the audit trail' });
    await dialog.getByRole('textbox', { name: /reason/i }).fill(REASON);
    await dialog.getByRole('button', { name: verb, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  it('[jobs.2] [attention.2] leads from the panel to the failed job, its 502 and a retry, after which panel and trend are clear', async () => {
    const page = await openPage(browser);
    await signInAs(page, stack.url, 'oskar.operator');
    const panel = page.getByRole('list', { name: 'Needs attention' });
    await panel.getByText('license renewal reminder').waitFor();
    await panel.getByText('MRR').waitFor();
    await screenshot(page, 'story-panel');

    await panel
      .getByRole('link', { name: /renewal reminder.* failed/i })
      .click();
    const log = page.getByRole('region', { name: 'Log lines' });
    await log
      .getByText(/502 Bad Gateway/)
      .first()
      .waitFor();
    await screenshot(page, 'story-log');

    await page
      .getByRole('dialog', { name: 'Run' })
      .getByRole('button', { name: `Retry ${REMINDER.name}` })
      .click();
    await fillReasonAndConfirm(page, 'Retry');

    const runs = await until(
      'the retry to succeed',
      () =>
        oskar.client.call('GET /jobs/:engine/:name/runs', {
          params: REMINDER,
          query: { limit: 1 },
        }),
      answer =>
        answer.items[0].trigger === 'retry' &&
        answer.items[0].status === 'succeeded',
    );
    expect(runs.items[0].triggeredBy).toBe('user:default/oskar.operator');

    // the page shows it without a reload
    await page.goto(`${stack.url}/operations/jobs/bullmq/${REMINDER.name}`);
    await page.getByText(/^0 failures in 30 days/).waitFor();
    await screenshot(page, 'story-trend');
    const after = await until(
      'the panel to lose the job',
      () => oskar.client.call('GET /attention'),
      answer =>
        answer.items.every(
          item => item.subject.ref !== `bullmq/${REMINDER.name}`,
        ),
    );
    expect(after.items.map(item => item.subject.ref)).toContain(
      `bullmq/${ROLLUP.name}`,
    );

    await page.goto(`${stack.url}/operations`);
    const now = page.getByRole('list', { name: 'Urgent' });
    await now.getByText(/MRR roll-up failed/).waitFor();
    expect(await now.getByText(/renewal reminder failed/).count()).toBe(0);
    await screenshot(page, 'story-panel-after');
  });

  it('[jobs.3] refuses the roll-up by page, by API and by the worker, and writes each down', async () => {
    const page = await openPage(browser);
    await signInAs(
      page,
      stack.url,
      'oskar.operator',
      `/operations/jobs/bullmq/${ROLLUP.name}`,
    );
    const why = page.getByRole('complementary', {
      name: 'Why it cannot be run by hand',
    });
    await why.getByText('not safe to run by hand').waitFor();
    await why.getByRole('link').first().waitFor();
    const run = page.getByRole('button', { name: `Run ${ROLLUP.name}` });
    expect(await run.getAttribute('aria-disabled')).toBe('true');
    await screenshot(page, 'story-rollup');

    const refused = await oskar.fetch(
      `/api/operations/v1/jobs/bullmq/${ROLLUP.name}/runs`,
      {
        method: 'POST',
        body: { reason: REASON },
      },
    );
    expect(refused.status).toBe(409);

    await withQueue(stack, ROLLUP.name, queue =>
      queue.add('run', { v: 1, trigger: 'schedule' }),
    );
    const refusals = await until(
      'the worker’s refusal in the history',
      () =>
        oskar.client.call('GET /jobs/:engine/:name/runs', {
          params: ROLLUP,
          query: { status: ['refused'], limit: 1 },
        }),
      answer => answer.items.length === 1,
    );
    expect(refusals.items[0].errorMessage).toBeTruthy();

    const trail = await until(
      'both refusals in the trail',
      () =>
        oskar.client.call('GET /audit', {
          query: {
            job: `bullmq/${ROLLUP.name}`,
            outcome: ['refused'],
          },
        }),
      answer => answer.totalItems >= 2,
    );
    expect(trail.items.map(entry => entry.action)).toEqual(
      expect.arrayContaining(['job.run']),
    );
  });

  it('[jobs.4] cancels a run on another process within a second, its clean-up logged, and a queued one at once', async () => {
    const job = { engine: 'bullmq', name: 'bi-export' };
    const start = (tenant: string) =>
      oskar.client.call('POST /jobs/:engine/:name/runs', {
        params: job,
        body: { reason: REASON, tenant },
        idempotencyKey: randomUUID(),
      });
    const first = (await start('nordic-gym')).run;
    await until(
      'the run to run',
      () => oskar.client.call('GET /runs/:id', { params: { id: first.id } }),
      run => run.status === 'running',
    );
    const queued = (await start('nordic-gym')).run;

    const away = await oskar.client.call('POST /runs/:id/cancel', {
      params: { id: queued.id },
      body: { reason: REASON },
      idempotencyKey: randomUUID(),
    });
    expect(['cancelled', 'cancelling']).toContain(away.run.status);

    const answer = await oskar.client.call('POST /runs/:id/cancel', {
      params: { id: first.id },
      body: { reason: REASON },
      idempotencyKey: randomUUID(),
    });
    const accepted = Date.now();
    expect(['cancelling', 'cancelled']).toContain(answer.run.status);
    const done = await until(
      'the run to be cancelled',
      () => oskar.client.call('GET /runs/:id', { params: { id: first.id } }),
      run => run.status === 'cancelled',
      20_000,
    );
    const log = await until(
      'the whole log',
      () =>
        oskar.client.call('GET /runs/:id/log', {
          params: { id: first.id },
          query: { tail: 20 },
        }),
      page => page.ended && page.lines.length > 0,
    );
    const cleaning = log.lines.find(line => line.text.includes('cleaning up'));
    // the signal reaches the handler within a second; the clean-up takes its own time
    expect(Date.parse(cleaning!.time) - accepted).toBeLessThan(1_000);
    expect(log.lines.at(-1)!.text).toMatch(/^cleaned up/);
    expect(done.cancelledBy).toBe('user:default/oskar.operator');
    await until(
      'the queued run to be cancelled',
      () => oskar.client.call('GET /runs/:id', { params: { id: queued.id } }),
      run => run.status === 'cancelled',
      20_000,
    );
  });

  it('[jobs.7] shows a viewer no button that works, and refuses them by API too', async () => {
    const page = await openPage(browser);
    await signInAs(
      page,
      stack.url,
      'vera.viewer',
      `/operations/jobs/bullmq/${REMINDER.name}`,
    );
    const run = page.getByRole('button', { name: `Run ${REMINDER.name}` });
    await run.waitFor();
    expect(await run.getAttribute('aria-disabled')).toBe('true');
    const vera = await apiAs(stack.url, 'vera.viewer');
    const answer = await vera.fetch(
      `/api/operations/v1/jobs/bullmq/${REMINDER.name}/runs`,
      {
        method: 'POST',
        body: { reason: REASON },
      },
    );
    expect(answer.status).toBe(403);
  });

  it('[jobs.7] shows one tenant’s support nothing of the other tenants', async () => {
    const tim = await apiAs(stack.url, 'tim.tenant');
    const jobs = await tim.client.call('GET /jobs', { query: { limit: 200 } });
    const all = await oskar.client.call('GET /jobs', { query: { limit: 200 } });
    expect(jobs.totalItems).toBeGreaterThan(0);
    expect(jobs.totalItems).toBeLessThan(all.totalItems);
    expect(jobs.facets.tenant.map(facet => facet.value)).toEqual([
      'nordic-gym',
    ]);
    expect(
      jobs.items.every(
        job => !job.lastRun || job.lastRun.tenant === 'nordic-gym',
      ),
    ).toBe(true);
  });

  it('[jobs.9] takes a worker without BullMQ or Node for a full one, by the protocol alone', async () => {
    const ledger = { engine: 'protocol', name: 'legacy-ledger-export' };
    const { run } = await oskar.client.call('POST /jobs/:engine/:name/runs', {
      params: ledger,
      body: { reason: REASON },
      idempotencyKey: randomUUID(),
    });
    const done = await until(
      'the Python worker',
      () => oskar.client.call('GET /runs/:id', { params: { id: run.id } }),
      r => r.status === 'succeeded',
    );
    expect(done.workerId).toMatch(/python/);
  });

  it('[jobs.9] shows bull-board, an outside observer, the same runs', async () => {
    const { run } = await oskar.client.call('POST /jobs/:engine/:name/runs', {
      params: REMINDER,
      body: { reason: REASON, dryRun: true },
      idempotencyKey: randomUUID(),
    });
    await until(
      'the run',
      () => oskar.client.call('GET /runs/:id', { params: { id: run.id } }),
      r => r.status === 'succeeded',
    );
    await withQueue(stack, REMINDER.name, async queue => {
      const serverAdapter = new ExpressAdapter();
      createBullBoard({ queues: [new BullMQAdapter(queue)], serverAdapter });
      const app = express().use(serverAdapter.getRouter());
      const server = app.listen(0, '127.0.0.1');
      try {
        await once(server, 'listening');
        const { port } = server.address() as AddressInfo;
        const board = await fetch(
          `http://127.0.0.1:${port}/api/queues?activeQueue=${REMINDER.name}&status=completed&page=1&jobsPerPage=50`,
        );
        const { queues } = await board.json();
        expect(queues[0].jobs.map((job: { id: string }) => job.id)).toContain(
          run.id,
        );
      } finally {
        server.close();
      }
    });
  });

  it('[jobs.10] has every job in the catalog, with its runs', async () => {
    const jobs = await oskar.client.call('GET /jobs', {
      query: { limit: 200 },
    });
    expect(jobs.totalItems).toBeGreaterThanOrEqual(14);
    const inCatalog = await until(
      'every job to be an entity',
      async () =>
        (
          await oskar.fetch(
            '/api/catalog/entities?filter=kind=component,spec.type=batch-job',
          )
        ).json(),
      (entities: unknown[]) => entities.length >= jobs.totalItems,
    );
    expect(inCatalog.length).toBe(jobs.totalItems);
    const page = await openPage(browser);
    await signInAs(
      page,
      stack.url,
      'oskar.operator',
      `/catalog/default/component/${REMINDER.name}/runs`,
    );
    await page.getByText(/failures? in 30 days/).waitFor();
    await screenshot(page, 'story-entity');
  });
});
