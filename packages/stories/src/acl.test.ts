import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Redis } from 'ioredis';
import type { Browser, Page } from 'playwright-core';
import { freePort } from '../../../scripts/lib/ports.mjs';
import { launchBrowser, openPage, screenshot, signInAs } from './browser';
import { connectAgent, type Agent } from './mcp';
import { apiAs, type PersonApi, type PersonName } from './people';
import { startStack } from './stack';
import type { Stack } from './stack';
import { until } from './until';

const PASSWORD = 'made-up-for-this-test';

/** Of a platform that reports its failed webhooks over HTTP. */
const LEGACY_TOKEN = 'made-up-token-of-a-legacy-platform';

const service = (subject: string, token: string, capability: string) => ({
  type: 'static',
  options: { token, subject },
  accessRestrictions: [
    {
      plugin: 'operations',
      permission: `operations.${capability}.report, operations.${capability}.read`,
    },
  ],
});

/** What the demo platform keeps in the same Redis for itself, its made-up past among it. */
const PLATFORMS_OWN = [
  '~demo:* ~cache:*',
  '~operations:v1:runs:demo-*',
  '~operations:v1:webhook-failures:demo-*',
  '~operations:v1:webhook-failures-night*',
].join(' ');

/**
 * The users of docs/operations.md, with passwords, and one more who may read the log of refused
 * commands.
 */
function documentedUsers() {
  const guide = readFileSync(
    resolve(__dirname, '../../../docs/operations.md'),
    'utf8',
  );
  const users = guide.match(/^user .*$/gm) ?? [];
  return [...users, 'user auditor on >… ~* &* +@all']
    .map(line => line.replace('>…', `>${PASSWORD}`))
    .map(line =>
      /^user worker/.test(line) ? `${line} ${PLATFORMS_OWN}` : line,
    )
    .join('\n');
}

const REASON = 'shown by a story of this project';
const NUDGE = { engine: 'bullmq', name: 'campaign-audience-refresh' };
const LEDGER = { engine: 'bullmq', name: 'ledger-to-erp' };
const HOSTILE = `<img src=x onerror="window.broken=1"><script>window.broken=1</script>`;

/**
 * One stack whose Redis grants what docs/operations.md says, and whose people sign in over OpenID
 * Connect.
 */
describe('access', () => {
  let stack: Stack;
  let browser: Browser;
  let auditor: Redis;
  const people = new Map<PersonName, PersonApi>();
  const as = (person: PersonName) => people.get(person)!;

  beforeAll(async () => {
    const receivers = await freePort();
    stack = await startStack({
      env: { WEBHOOK_PORT: String(receivers) },
      config: {
        backend: {
          auth: {
            externalAccess: [
              service('demo-platform', '${PLATFORM_REPORT_TOKEN}', 'migration'),
              service('legacy-platform', LEGACY_TOKEN, 'webhook'),
            ],
          },
        },
        operations: { approvals: { byAgents: true } },
      },
      acl: {
        file: `${documentedUsers()}\n`,
        portal: { name: 'portal', password: PASSWORD },
        platform: { name: 'worker', password: PASSWORD },
      },
    });
    const { hostname, port } = new URL(stack.redisUrl);
    auditor = new Redis({
      host: hostname,
      port: Number(port),
      username: 'auditor',
      password: PASSWORD,
    });
    browser = await launchBrowser();
    for (const person of [
      'vera.viewer',
      'oskar.operator',
      'fia.finance',
      'tim.tenant',
      'ada.admin',
      'alva.admin',
    ] as const) {
      people.set(person, await apiAs(stack.url, person));
    }
    await until(
      'the jobs to be known',
      () =>
        as('vera.viewer').client.call('GET /jobs/:engine/:name', {
          params: NUDGE,
        }),
      job => job.lastRun !== undefined,
    );
  });

  afterAll(async () => {
    await browser?.close();
    auditor?.disconnect();
    await stack?.stop();
  });

  /** What a page says that a strict browser would not allow. */
  async function openWatched(person: PersonName, path: string) {
    const page = await openPage(browser);
    const violations: string[] = [];
    page.on('console', message => {
      if (/Content.Security.Policy/i.test(message.text())) {
        violations.push(message.text());
      }
    });
    await signInAs(page, stack.url, person, path);
    return { page, violations };
  }

  const jobPath = ({ engine, name }: typeof NUDGE) =>
    `/operations/jobs/${engine}/${name}`;
  const statusOf = async (
    person: PersonName,
    method: string,
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ) => {
    const init = { method, body, headers };
    return (await as(person).fetch(`/api/operations/v1${path}`, init)).status;
  };
  const isOff = (page: Page, name: string) =>
    page
      .getByRole('button', { name, exact: true })
      .first()
      .getAttribute('aria-disabled');
  const auditOf = async (query: Record<string, string>) =>
    (await as('ada.admin').client.call('GET /audit', { query })).items;

  it('[access.1] shows a viewer everything and lets them change nothing: each button says which permission is missing and which group has it', async () => {
    const { page, violations } = await openWatched(
      'vera.viewer',
      jobPath(NUDGE),
    );
    const run = `Run ${NUDGE.name}`;
    await page.getByRole('button', { name: run, exact: true }).waitFor();
    expect(await isOff(page, run)).toBe('true');
    // it is off, and explains itself when pressed
    await page
      .getByRole('button', { name: run, exact: true })
      .click({ force: true });
    const why = page.getByRole('dialog', { name: `Why “${run}” is off` });
    await why.getByText('operations.job.run').first().waitFor();
    await why.getByRole('link', { name: /platform[- ]operators/i }).waitFor();
    await why.getByText('for their own jobs').waitFor();
    await screenshot(page, 'story-access-viewer');

    await page.goto(`${stack.url}/operations/flags`);
    await page
      .getByRole('checkbox', { name: /^Switch / })
      .first()
      .waitFor();
    expect(
      await page
        .getByRole('checkbox', { name: /^Switch / })
        .first()
        .getAttribute('aria-disabled'),
    ).toBe('true');
    expect(violations).toEqual([]);
    await page.context().close();

    const target = `/jobs/${NUDGE.engine}/${NUDGE.name}`;
    const reason = REASON;
    expect(await statusOf('vera.viewer', 'GET', target)).toBe(200);
    expect(await statusOf('vera.viewer', 'GET', '/audit')).toBe(200);
    expect(
      await statusOf('vera.viewer', 'POST', `${target}/runs`, { reason }),
    ).toBe(403);
    expect(
      await statusOf('vera.viewer', 'POST', '/maintenance', { reason }),
    ).toBe(403);
    const [refusal] = await auditOf({ action: 'job.run', outcome: 'refused' });
    expect(refusal).toMatchObject({
      actor: 'user:default/vera.viewer',
      reason,
    });
  });

  it('[access.1] lets an operator run any job, and keeps from them what reaches every tenant at once', async () => {
    const { page, violations } = await openWatched(
      'oskar.operator',
      jobPath(NUDGE),
    );
    const run = `Run ${NUDGE.name}`;
    await page.getByRole('button', { name: run, exact: true }).waitFor();
    expect(await isOff(page, run)).toBeNull();
    await page.goto(`${stack.url}/operations/flags`);
    const first = page.getByRole('checkbox', { name: /^Switch / }).first();
    await first.waitFor();
    expect(await first.getAttribute('aria-disabled')).toBe('true');
    await first.click({ force: true });
    const why = page.getByRole('dialog', { name: /^Why “Switch .*” is off$/ });
    await why.getByText('operations.flag.toggle').first().waitFor();
    await why.getByRole('link', { name: /platform[- ]admins/i }).waitFor();
    await screenshot(page, 'story-access-operator');
    expect(violations).toEqual([]);
    await page.context().close();

    const { run: started } = await as('oskar.operator').client.call(
      'POST /jobs/:engine/:name/runs',
      {
        params: NUDGE,
        body: { reason: REASON },
        idempotencyKey: 'operator-story',
      },
    );
    expect(started.triggeredBy).toBe('user:default/oskar.operator');
    expect(
      await statusOf(
        'oskar.operator',
        'PUT',
        '/flags/new-checkout',
        { variant: 'on', reason: REASON },
        { 'if-match': '*' },
      ),
    ).toBe(403);
  });

  it('[access.1] lets an owner run the own jobs and no others', async () => {
    const { page, violations } = await openWatched(
      'fia.finance',
      jobPath(LEDGER),
    );
    const own = `Run ${LEDGER.name}`;
    await page.getByRole('button', { name: own, exact: true }).waitFor();
    expect(await isOff(page, own)).toBeNull();
    await screenshot(page, 'story-access-finance');
    await page.goto(stack.url + jobPath(NUDGE));
    const other = `Run ${NUDGE.name}`;
    await page.getByRole('button', { name: other, exact: true }).waitFor();
    expect(await isOff(page, other)).toBe('true');
    expect(violations).toEqual([]);
    await page.context().close();

    const runs = ({ engine, name }: typeof NUDGE) =>
      `/jobs/${engine}/${name}/runs`;
    const body = { reason: REASON };
    expect(await statusOf('fia.finance', 'POST', runs(LEDGER), body)).toBe(202);
    expect(await statusOf('fia.finance', 'POST', runs(NUDGE), body)).toBe(403);
    const mine = await as('fia.finance').client.call('GET /permissions/mine');
    expect(
      mine.items.find(one => one.permission === 'operations.job.run'),
    ).toMatchObject({
      decision: 'conditional',
      condition: expect.stringContaining('group:default/finance'),
      holders: expect.arrayContaining([
        { entityRef: 'group:default/platform-operators' },
      ]),
    });
  });

  it('[access.1] lets support see its tenant and have only its failed webhooks sent again', async () => {
    const now = Date.now();
    const reported = await fetch(
      `${stack.url}/api/operations/v1/webhook-failures/reports`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${LEGACY_TOKEN}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({
          failures: [
            {
              tenant: 'alpine-spa',
              endpoint: 'main',
              webhookId: 'evt_of_another_tenant',
              eventType: 'order.paid',
              createdAt: new Date(now - 60_000).toISOString(),
              attempts: [{ n: 1, at: new Date(now - 1_000).toISOString() }],
              payload: { contentType: 'application/json', size: 2, text: '{}' },
            },
          ],
        }),
      },
    );
    expect(reported.status).toBe(200);
    const all = await until(
      'failed webhooks of several tenants',
      () =>
        as('oskar.operator').client.call('GET /webhook-failures', {
          query: { limit: 200 },
        }),
      ({ items }) => new Set(items.map(one => one.tenant)).size > 1,
    );
    const seen = await as('tim.tenant').client.call('GET /webhook-failures', {
      query: {
        limit: 200,
      },
    });
    expect(new Set(seen.items.map(one => one.tenant))).toEqual(
      new Set(['nordic-gym']),
    );
    const foreign = all.items.find(one => one.tenant !== 'nordic-gym')!;
    const own = seen.items.find(one => one.state === 'failed')!;
    const replay = (id: string) =>
      statusOf('tim.tenant', 'POST', `/webhook-failures/${id}/replay`, {
        reason: REASON,
      });
    expect(await replay(own.id)).toBe(202);
    expect(await replay(foreign.id)).toBe(404);
    const suppress = `/webhook-failures/${own.id}/suppress`;
    expect(
      await statusOf('tim.tenant', 'POST', suppress, { reason: REASON }),
    ).toBe(403);
  });

  describe('an agent', () => {
    const agents: Agent[] = [];
    const agentOf = async (person: PersonName) => {
      const agent = await connectAgent(stack.url, as(person).token);
      agents.push(agent);
      return agent;
    };
    afterAll(() => Promise.all(agents.map(agent => agent.close())));

    it('[access.7] finds the actions, the destructive ones marked, and acts with the rights of who it acts for, in the audit trail', async () => {
      const agent = await agentOf('oskar.operator');
      const tools = await agent.tools();
      expect([...tools.keys()]).toEqual(
        expect.arrayContaining([
          'list-jobs',
          'read-run-log',
          'run-job',
          'retry-run',
          'cancel-run',
          'replay-webhook',
          'preview-cache-purge',
          'set-flag',
        ]),
      );
      expect(tools.get('cancel-run')!.annotations).toMatchObject({
        destructiveHint: true,
        readOnlyHint: false,
      });
      expect(tools.get('read-run-log')!.annotations).toMatchObject({
        destructiveHint: false,
        readOnlyHint: true,
      });
      expect(tools.get('run-job')!.inputSchema.required).toContain('reason');

      const listed = await agent.call('list-jobs', { search: NUDGE.name });
      expect(listed).toMatchObject({ failed: false });
      expect(listed.text).toContain(NUDGE.name);

      const short = await agent.call('run-job', { ...NUDGE, reason: 'x' });
      expect(short.failed).toBe(true);
      expect(short.text).toMatch(/say why/);

      const reason = 'an agent was asked to refresh it';
      const started = await agent.call('run-job', { ...NUDGE, reason });
      expect(started).toMatchObject({ failed: false });
      const entry = await until(
        'the audit row',
        async () =>
          (
            await auditOf({ action: 'job.run' })
          ).find(one => one.reason === reason),
        found => found !== undefined && found.outcome === 'succeeded',
      );
      expect([entry!.actor, entry!.onBehalfOf]).toContain(
        'user:default/oskar.operator',
      );

      const purge = await agent.call('preview-cache-purge', {
        target: 'tenant-api',
        pattern: 'cache:*',
      });
      expect(purge.failed).toBe(true);
      expect(purge.text).toContain('operations.cache.purge');
    });

    it('[access.7] is refused what its user is refused, and the refusal is written down', async () => {
      const agent = await agentOf('vera.viewer');
      const log = await agent.call('list-jobs');
      expect(log.failed).toBe(false);
      const reason = 'an agent of a viewer tries';
      const refused = await agent.call('run-job', { ...NUDGE, reason });
      expect(refused.failed).toBe(true);
      expect(refused.text).toContain('operations.job.run');
      const rows = await auditOf({ action: 'job.run', outcome: 'refused' });
      expect(rows.map(row => row.reason)).toContain(reason);
    });
  });

  it('[access.7] [access.6] lets an agent be the second person for another one than who asked, where the portal allows it', async () => {
    const begin = (n: number) =>
      as('ada.admin').fetch('/api/operations/v1/maintenance', {
        method: 'POST',
        body: {
          scope: { kind: 'platform' },
          mode: 'offline',
          startsAt: new Date(Date.now() + n * 7_200_000).toISOString(),
          endsAt: new Date(Date.now() + n * 7_200_000 + 60_000).toISOString(),
          messages: { en: 'We move' },
          timezone: 'UTC',
          reason: REASON,
        },
      });
    const [first, second] = await Promise.all(
      [1, 2].map(async n => (await (await begin(n)).json()).approval.id),
    );
    const [ada, oskar, alva] = await Promise.all(
      (['ada.admin', 'oskar.operator', 'alva.admin'] as const).map(person =>
        connectAgent(stack.url, as(person).token),
      ),
    );
    const tools = await alva.tools();
    for (const name of ['approve-action', 'reject-action']) {
      expect(tools.get(name)!.annotations).toMatchObject({
        destructiveHint: true,
        readOnlyHint: false,
      });
      expect(tools.get(name)!.inputSchema.required).toContain('reason');
    }
    const listed = await alva.call('list-approvals', { state: 'waiting' });
    expect(listed.text).toContain(first);

    const reason = 'agreed in the morning round';
    const approve = { id: first, reason };
    const own = await ada.call('approve-action', approve);
    expect([own.failed, own.text]).toEqual([
      true,
      expect.stringContaining('asked for it yourself'),
    ]);
    const foreign = await oskar.call('approve-action', approve);
    expect([foreign.failed, foreign.text]).toEqual([
      true,
      expect.stringContaining('operations.maintenance.toggle'),
    ]);
    const done = await alva.call('approve-action', approve);
    expect([done.failed, done.text]).toEqual([
      false,
      expect.stringContaining('"state":"done"'),
    ]);
    const no = await alva.call('reject-action', { id: second, reason });
    expect([no.failed, no.text]).toEqual([
      false,
      expect.stringContaining('"state":"rejected"'),
    ]);
    const [begun] = await auditOf({ action: 'maintenance.begin' });
    expect(begun).toMatchObject({
      actor: 'user:default/ada.admin',
      outcome: 'succeeded',
      approval: { approvedBy: 'user:default/alva.admin', reason },
    });
    expect(await auditOf({ action: 'approval.reject' })).toMatchObject([
      { onBehalfOf: 'user:default/alva.admin', reason, outcome: 'succeeded' },
    ]);
    await Promise.all([ada, oskar, alva].map(agent => agent.close()));
  });

  it('shows hostile text as text, and breaks no content security policy on any page', async () => {
    const { run } = await as('oskar.operator').client.call(
      'POST /jobs/:engine/:name/runs',
      {
        params: { engine: 'bullmq', name: 'cleanup-expired-tokens' },
        body: { reason: `${HOSTILE} as a reason` },
        idempotencyKey: 'hostile-story',
      },
    );
    const path = `/operations/jobs/bullmq/cleanup-expired-tokens?run=${run.id}`;
    const { page, violations } = await openWatched('ada.admin', path);
    await page.getByText(HOSTILE).first().waitFor();
    for (const tab of [
      'attention',
      'jobs',
      'runs',
      'webhooks',
      'rate-limits',
      'flags',
      'maintenance',
      'caches',
      'migrations',
      'audit',
    ]) {
      await page.goto(`${stack.url}/operations/${tab}`);
      await page.getByRole('tab', { selected: true }).waitFor();
      await page
        .locator('main [aria-busy="true"]')
        .first()
        .waitFor({ state: 'detached' });
    }
    await page.getByText(HOSTILE).first().waitFor();
    expect(await page.evaluate('window.broken')).toBeUndefined();
    expect(violations).toEqual([]);
  });

  it('is enough for portal and platform: a job is run from the portal, and nothing was refused', async () => {
    const oskar = await apiAs(stack.url, 'oskar.operator');
    const { run } = await oskar.client.call('POST /jobs/:engine/:name/runs', {
      params: { engine: 'bullmq', name: 'cleanup-expired-tokens' },
      body: { reason: 'Trying the rights of portal and platform' },
      idempotencyKey: 'acl-story',
    });
    const ended = await until(
      'the run ends',
      () => oskar.client.call('GET /runs/:id', { params: { id: run.id } }),
      ({ status }) => !['queued', 'running'].includes(status),
    );
    expect(ended.status).toBe('succeeded');
    expect(await auditor.acl('LOG')).toEqual([]);
  });

  it('keeps the user of a cache purge away from the queues', async () => {
    const { hostname, port } = new URL(stack.redisUrl);
    const purge = new Redis({
      host: hostname,
      port: Number(port),
      username: 'purge',
      password: PASSWORD,
      enableReadyCheck: false,
    });
    try {
      await expect(
        purge.unlink('bull:cleanup-expired-tokens:meta'),
      ).rejects.toThrow('NOPERM');
      expect(await purge.unlink('cache:anything')).toBe(0);
    } finally {
      purge.disconnect();
    }
  });
});
