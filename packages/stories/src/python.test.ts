/**
 * A service in Python, as its operator meets it: bookkeeping, by `craft-easy-operations`. What the
 * worker and the middlewares decide, the portal shows.
 */
import { randomUUID } from 'node:crypto';
import IORedis from 'ioredis';
import type { Browser, Page } from 'playwright-core';
import { pythonProblem } from '../../demo-platform/src/python/interpreter';
import { launchBrowser, openPage, screenshot, signInAs } from './browser';
import { apiAs, type PersonApi } from './people';
import { startStack, type Stack } from './stack';
import { until } from './until';

const REASON = 'shown by a story of this project';
const RATES = { engine: 'protocol', name: 'exchange-rates' };
const VAT_RETURN = { engine: 'protocol', name: 'vat-return' };
const RECONCILIATION = { engine: 'protocol', name: 'bank-reconciliation' };
const LEDGER_EXPORT = { engine: 'protocol', name: 'legacy-ledger-export' };
const IMPORT = { engine: 'protocol', name: 'bank-import' };

// where CI is set they fail without it; elsewhere `npm test` says that there is none, and why
const describePython =
  pythonProblem() && !process.env.CI ? describe.skip : describe;

describePython('a service in Python', () => {
  let stack: Stack;
  let browser: Browser;
  let oskar: PersonApi;
  let redis: IORedis;

  beforeAll(async () => {
    stack = await startStack();
    browser = await launchBrowser();
    oskar = await apiAs(stack.url, 'oskar.operator');
    redis = new IORedis(stack.redisUrl);
    await until(
      'its jobs in the inventory',
      () => oskar.client.call('GET /jobs', { query: { limit: 200 } }),
      ({ items }) => items.some(({ name }) => name === IMPORT.name),
    );
  });
  // what a page follows live is not followed beside the next one
  afterEach(async () => {
    await Promise.all(browser.contexts().map(context => context.close()));
  });

  afterAll(async () => {
    redis?.disconnect();
    await browser?.close();
    await stack?.stop();
  });

  type Params = { engine: string; name: string };

  async function start(params: Params, body: object = {}) {
    const { run } = await oskar.client.call('POST /jobs/:engine/:name/runs', {
      params,
      body: { reason: REASON, ...body },
      idempotencyKey: randomUUID(),
    });
    return run.id;
  }

  const runOf = (id: string) => () =>
    oskar.client.call('GET /runs/:id', { params: { id } });

  const ended = (id: string, status: string) =>
    until(`${id} to end`, runOf(id), run => run.status === status, 60_000);

  const runsOf = (params: Params, status: 'refused' | 'succeeded') => () =>
    oskar.client.call('GET /jobs/:engine/:name/runs', {
      params,
      query: { status: [status], limit: 20 },
    });

  const logOf = async (id: string) => {
    const { lines } = await oskar.client.call('GET /runs/:id/log', {
      params: { id },
      query: { tail: 50 },
    });
    return lines.map(({ text }) => text);
  };

  async function confirm(page: Page, verb: string) {
    const dialog = page
      .getByRole('dialog')
      .filter({ hasText: 'Kept in the audit trail' });
    await dialog.getByRole('textbox', { name: /reason/i }).fill(REASON);
    await dialog.getByRole('button', { name: verb, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  const pageOf = ({ engine, name }: Params, run?: string) =>
    `/operations/jobs/${engine}/${name}${run ? `?run=${run}` : ''}`;

  const entries = async (tenant: string): Promise<Array<{ what: string }>> =>
    (await (await fetch(`${stack.bookkeepingUrl}/t/${tenant}/entries`)).json())
      .items;

  const enter = (tenant: string, what: string) =>
    fetch(`${stack.bookkeepingUrl}/t/${tenant}/entries`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ what }),
    });

  it('[python.2] refuses the guarded job by page, by API, to a request forged in Redis, and to a second start in its slot', async () => {
    const page = await openPage(browser);
    await signInAs(page, stack.url, 'oskar.operator', pageOf(VAT_RETURN));
    await page
      .getByRole('complementary', { name: 'Why it cannot be run by hand' })
      .getByText('A return that is sent twice is a fine')
      .waitFor();
    const button = page.getByRole('button', { name: `Run ${VAT_RETURN.name}` });
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await screenshot(page, 'story-python-guarded');

    const answer = await oskar.fetch(
      `/api/operations/v1/jobs/protocol/${VAT_RETURN.name}/runs`,
      { method: 'POST', body: { reason: REASON } },
    );
    expect(answer.status).toBe(409);

    const forge = (job: string, request: object) =>
      redis.xadd(
        `operations:v1:requests:${job}`,
        '*',
        'request',
        JSON.stringify({ v: 1, ...request }),
      );
    await forge(VAT_RETURN.name, {
      runId: 'forged',
      trigger: 'manual',
      triggeredBy: 'user:default/oskar.operator',
    });
    const { items: forged } = await until(
      'the refusal of the forged request',
      runsOf(VAT_RETURN, 'refused'),
      ({ items }) => items.length > 0,
    );
    expect(forged[0].triggeredBy).not.toBe('user:default/oskar.operator');

    // a job of every minute: its slot has had its run
    const { items } = await until(
      'a run of its schedule',
      runsOf(RATES, 'succeeded'),
      ({ items: found }) => found.length > 0,
      90_000,
    );
    const slot = Date.parse(items[0].scheduledFor!);
    await forge(RATES.name, { runId: items[0].id, trigger: 'schedule', slot });
    await until(
      'the refusal of a second start',
      runsOf(RATES, 'refused'),
      ({ items: found }) => found.length > 0,
    );
    const { items: runs } = await runsOf(RATES, 'succeeded')();
    expect(
      runs.filter(({ scheduledFor }) => scheduledFor === items[0].scheduledFor),
    ).toHaveLength(1);
  });

  it('[python.2] retries what failed from the page, with adjusted parameters', async () => {
    const failed = await start(RECONCILIATION, { tenant: 'harbor-yoga' });
    await ended(failed, 'failed');
    const page = await openPage(browser);
    await signInAs(
      page,
      stack.url,
      'oskar.operator',
      pageOf(RECONCILIATION, failed),
    );
    await page
      .getByText(/line 17 of the statement cannot be read/)
      .first()
      .waitFor();
    await page
      .getByRole('dialog', { name: 'Run' })
      .getByRole('button', { name: `Retry ${RECONCILIATION.name}` })
      .click();
    await page.getByRole('checkbox', { name: /skip.unreadable/i }).check();
    await page.getByText(/It gets other parameters/).waitFor();
    await screenshot(page, 'story-python-retry');
    await confirm(page, 'Retry');
    const { items } = await until(
      'the retry to succeed',
      runsOf(RECONCILIATION, 'succeeded'),
      found => found.items.some(({ retryOf }) => retryOf === failed),
    );
    const retry = items.find(({ retryOf }) => retryOf === failed)!;
    expect(retry.triggeredBy).toBe('user:default/oskar.operator');
    expect(await logOf(retry.id)).toContain(
      'line 17 cannot be read and is left out',
    );
  });

  it('[python.2] cancels a long run, whose clean-up is in its log', async () => {
    const run = await start(LEDGER_EXPORT, { parameters: { rows: 100_000 } });
    await until('it to run', runOf(run), ({ status }) => status === 'running');
    const page = await openPage(browser);
    await signInAs(
      page,
      stack.url,
      'oskar.operator',
      pageOf(LEDGER_EXPORT, run),
    );
    const log = page.getByRole('region', { name: 'Log lines' });
    await log.getByText('100000 rows to export').waitFor();
    await page
      .getByRole('dialog', { name: 'Run' })
      .getByRole('button', { name: `Cancel ${LEDGER_EXPORT.name}` })
      .click();
    await confirm(page, 'Cancel run');
    const done = await ended(run, 'cancelled');
    expect(done.cancelledBy).toBe('user:default/oskar.operator');
    await log.getByText('cleaning up: removing the unfinished file').waitFor();
    await screenshot(page, 'story-python-cancelled');
  });

  it('[python.2] lifts the limit of a tenant, whose backlog then drains', async () => {
    const tenant = 'city-dental';
    const run = await start(IMPORT, {
      tenant,
      parameters: { statements: 150 },
    });
    await until(
      'the limit to hold it up',
      () => logOf(run),
      lines => lines.some(line => /^answered 429: \d+ statements/.test(line)),
      60_000,
    );
    const page = await openPage(browser);
    await signInAs(
      page,
      stack.url,
      'oskar.operator',
      '/operations/rate-limits',
    );
    // the tenant is in the tenants' API too, whose limit is another
    const row = page.getByRole('row', {
      name: new RegExp(`^${tenant} tenant 60 per`),
    });
    await row.hover();
    await row.getByRole('button', { name: /Override the limit/ }).click();
    await screenshot(page, 'story-python-override');
    await page
      .getByRole('dialog')
      .getByRole('textbox', { name: /reason/i })
      .fill(REASON);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'Override', exact: true })
      .click();
    await ended(run, 'succeeded');
    const [newest] = await entries(tenant);
    expect(newest.what).toBe('statement 150');
  });

  it('[python.2] holds a tenant read-only, at the API and where its data is written', async () => {
    const tenant = 'alpine-spa';
    expect((await enter(tenant, 'before')).status).toBe(201);
    const ada = await apiAs(stack.url, 'ada.admin');
    const { window } = await ada.client.call('POST /maintenance', {
      body: {
        reason: REASON,
        scope: { kind: 'tenant', tenant },
        mode: 'read-only',
        endsAt: new Date(Date.now() + 3600_000).toISOString(),
      },
      idempotencyKey: randomUUID(),
    });
    const refused = await until(
      'the API to refuse',
      () => enter(tenant, 'meanwhile'),
      ({ status }) => status === 503,
    );
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const banner = await fetch(`${stack.bookkeepingUrl}/t/${tenant}/entries`);
    expect(banner.status).toBe(200);
    const held = (await entries(tenant)).length;
    expect((await enter('nordic-gym', 'another tenant')).status).toBe(201);
    await ada.client.call('POST /maintenance/:id/end', {
      params: { id: window.id },
      body: { reason: REASON },
      idempotencyKey: randomUUID(),
    });
    await until(
      'the API to take it again',
      () => enter(tenant, 'after'),
      ({ status }) => status === 201,
    );
    const whats = (await entries(tenant)).map(({ what }) => what);
    expect(whats).toHaveLength(held + 1);
    expect(whats[0]).toBe('after');
  });

  it('shows its webhooks that failed and its index that diverges', async () => {
    const { items } = await until(
      'a failed webhook of its',
      () =>
        oskar.client.call('GET /webhook-failures', {
          query: { endpoint: ['bookkeeping'] },
        }),
      page => page.items.length > 0,
    );
    expect(items[0]).toMatchObject({
      tenant: 'harbor-yoga',
      errorCode: '404',
      attempts: 3,
    });
    const page = await openPage(browser);
    await signInAs(page, stack.url, 'oskar.operator', '/operations/migrations');
    await page.getByText('bookkeeping-api').first().waitFor();
  });
});
