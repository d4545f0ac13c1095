/** The portal's own search, as people find what Operations has. */
import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage, screenshot, signInAs } from './browser';
import { apiAs, type PersonName } from './people';
import { startStack, type Stack } from './stack';
import { until } from './until';

const SOON = { frequency: { seconds: 5 }, timeout: { minutes: 1 } };
const JOB = 'daily-mrr-rollup';

/** Titles of the hits of a type. */
async function find(
  stack: Stack,
  person: PersonName,
  type: string,
  term: string,
): Promise<string[]> {
  const api = await apiAs(stack.url, person);
  const query = new URLSearchParams({ term, 'types[0]': type });
  const answer = await api.fetch(`/api/search/query?${query}`);
  const { results } = (await answer.json()) as {
    results: Array<{ document: { title: string } }>;
  };
  return results.map(({ document }) => document.title);
}

describe('the search of the portal', () => {
  let stack: Stack;
  let browser: Browser;

  beforeAll(async () => {
    stack = await startStack({
      config: {
        search: {
          collators: {
            operations: { schedule: SOON, failuresSchedule: SOON },
          },
        },
      },
    });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  it('finds a job, a flag and what failed, for whoever may see them', async () => {
    await until(
      'the failed job',
      () => find(stack, 'oskar.operator', 'operations-failure', JOB),
      titles => titles.includes('Daily MRR roll-up failed'),
      90_000,
    );
    const jobs = await find(stack, 'oskar.operator', 'operations-job', JOB);
    expect(jobs).toContain('Daily MRR roll-up');
    // support of one tenant, for which the job does not run
    expect(
      await find(stack, 'tim.tenant', 'operations-job', JOB),
    ).not.toContain('Daily MRR roll-up');
    expect(await find(stack, 'tim.tenant', 'operations-failure', JOB)).toEqual(
      [],
    );
    expect(
      await find(stack, 'oskar.operator', 'operations-flag', 'checkout'),
    ).not.toEqual([]);
  });

  it('has nothing of another tenant, for whoever may see the job for theirs', async () => {
    const job = 'payment-reconciliation';
    const oskar = await apiAs(stack.url, 'oskar.operator');
    await oskar.client.call('POST /jobs/:engine/:name/runs', {
      params: { engine: 'bullmq', name: job },
      idempotencyKey: randomUUID(),
      // the default is not the layout of this tenant's bank
      body: { tenant: 'city-dental', reason: 'shown by a story' },
    });
    await until(
      'a failure of the other tenant',
      () =>
        oskar.client.call('GET /attention', {
          query: { job: `bullmq/${job}` },
        }),
      ({ items }) => items.some(({ tenant }) => tenant === 'city-dental'),
      90_000,
    );
    await until(
      'the job that runs for their tenant too',
      () => find(stack, 'tim.tenant', 'operations-job', job),
      titles => titles.includes('Payment reconciliation'),
      90_000,
    );
    for (const term of [job, 'city-dental']) {
      expect(
        await find(stack, 'tim.tenant', 'operations-failure', term),
      ).toEqual([]);
    }
  });

  it('leads to the page of the job', async () => {
    const page = await openPage(browser);
    await signInAs(page, stack.url, 'oskar.operator', `/search?query=${JOB}`);
    const hit = page.getByRole('link', { name: /mrr.*failed/i }).first();
    await hit.waitFor({ timeout: 30_000 });
    await screenshot(page, 'search');
    await hit.click();
    await page.waitForURL(`**/operations/jobs/bullmq/${JOB}*`);
    await page.getByRole('region', { name: 'Runs' }).waitFor();
    expect(await page.title()).toContain(JOB);
  });
});
