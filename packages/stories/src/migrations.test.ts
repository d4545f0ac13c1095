/** A deploy as whoever watches it sees it: settling, settled, an instance that falls silent. */
import { MigrationReporter } from '@craft-easy/operations-sdk/migrations';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage, screenshot, signInAs } from './browser';
import { startStack, type Stack } from './stack';

describe('migrations', () => {
  let stack: Stack;
  let browser: Browser;
  const reporters: MigrationReporter[] = [];

  beforeAll(async () => {
    stack = await startStack();
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await Promise.all(reporters.map(reporter => reporter.stop()));
    await browser?.close();
    await stack?.stop();
  });

  function instance(name: string, version: string) {
    const facts = { state: 'initialising' as 'initialising' | 'initialised' };
    const reporter = new MigrationReporter({
      portalUrl: stack.url,
      token: stack.env.PLATFORM_REPORT_TOKEN!,
      component: 'story-api',
      environment: 'staging',
      version,
      instance: name,
      everyMs: 1_000,
      collect: () => ({ init: { state: facts.state } }),
    }).start();
    reporters.push(reporter);
    return {
      initialised() {
        facts.state = 'initialised';
        reporter.changed();
      },
      stop: () => reporter.stop(),
    };
  }

  const gate = async () =>
    (
      await fetch(
        `${stack.url}/api/operations/v1/migrations/settled?component=story-api&environment=staging&version=2.0.0`,
        {
          headers: {
            authorization: `Bearer ${stack.env.PLATFORM_REPORT_TOKEN}`,
          },
        },
      )
    ).status;

  it('[migrations.1] [migrations.4] a deploy goes from settling to settled, instance by instance; one that falls silent is said to be', async () => {
    const page = await openPage(browser);
    await signInAs(page, stack.url, 'oskar.operator', '/operations/migrations');
    expect(await gate()).toBe(503);

    const old = instance('old-a', '1.9.0');
    old.initialised();
    const a = instance('new-a', '2.0.0');
    const b = instance('new-b', '2.0.0');
    const row = page.getByRole('row').filter({ hasText: 'story-api' });
    await row.getByText('settling', { exact: true }).waitFor();
    await page.getByText(/staging: story-api settling/).waitFor();
    await screenshot(page, 'migrations-settling');
    expect(await gate()).toBe(409);

    a.initialised();
    b.initialised();
    await row.getByText(/2 versions are running/).waitFor();
    await old.stop();
    await row.getByText('settled', { exact: true }).waitFor();
    await page.getByText(/staging: \d+ components? settled/).waitFor();
    await screenshot(page, 'migrations-settled');
    expect(await gate()).toBe(200);

    // speaks once, and never again
    await fetch(`${stack.url}/api/operations/v1/migrations/reports`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${stack.env.PLATFORM_REPORT_TOKEN}`,
      },
      body: JSON.stringify({
        v: 1,
        component: 'story-api',
        environment: 'staging',
        version: '2.0.0',
        instance: 'new-c',
        at: new Date().toISOString(),
        everyMs: 1_000,
        init: { state: 'initialised' },
      }),
    });
    await row.getByText('silent', { exact: true }).waitFor();
    await row.getByText(/new-c was last heard of/).waitFor();
    expect(await gate()).toBe(503);
    await row.hover();
    await row.getByRole('button', { name: /^Open story-api/ }).click();
    const opened = page.getByRole('region', { name: 'story-api in staging' });
    await opened.getByRole('row').filter({ hasText: 'new-c' }).waitFor();
    await screenshot(page, 'migrations-silent');
  });

  it('[migrations.1] the platform’s own components are distinguished: settled, pending, diverged, with the portal’s databases beside them', async () => {
    const page = await openPage(browser, { theme: 'dark' });
    await signInAs(page, stack.url, 'oskar.operator', '/operations/migrations');
    const row = (name: string) =>
      page.getByRole('row').filter({ hasText: name }).first();
    await row('booking-api').getByText('diverged', { exact: true }).waitFor();
    await row('billing-api').getByText('pending', { exact: true }).waitFor();
    await row('tenant-api')
      .getByText('settled', { exact: true })
      .waitFor({ timeout: 60_000 });
    await row('backstage-operations')
      .getByText('settled', { exact: true })
      .waitFor();
    await screenshot(page, 'migrations-dark');
    await page.setViewportSize({ width: 480, height: 900 });
    await row('booking-api').waitFor();
    await screenshot(page, 'migrations-dark-narrow');
  });
});
