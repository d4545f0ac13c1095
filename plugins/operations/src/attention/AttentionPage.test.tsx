import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import { EntityProvider } from '@backstage/plugin-catalog-react';
import type {
  AttentionPage as Answer,
  QueueHistory,
  ServiceLevel,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AttentionItem } from '@craft-easy/backstage-plugin-operations-common';
import { errorAnswer } from '../__testUtils__';
import { aRequest } from '../__testUtils__/approvals';
import { seriousViolations } from '../__testUtils__/axe';
import { permissionsHandler } from '../__testUtils__/permissions';
import { renderPage } from '../__testUtils__/renderPage';
import { JOB_ANNOTATION } from '../entities';
import { AttentionBadge } from './AttentionBadge';
import { AttentionPage } from './AttentionPage';
import { EntityAttention } from './EntityAttention';
import { HomeAttention } from './HomeAttention';
import { fill } from '../__testUtils__/fill';

const server = setupServer();
registerMswTestHooks(server);

const at = (path: string) => `*/api/operations/v1${path}`;
const minutesAgo = (n: number) =>
  new Date(Date.now() - n * 60_000).toISOString();
const REASON = 'the provider works on it';

const anItem = (
  name: string,
  more: Partial<AttentionItem> = {},
): AttentionItem => ({
  id: name,
  source: 'jobs',
  kind: 'last-run-failed',
  severity: 'high',
  state: 'open',
  title: `${name} failed`,
  detail: '502 Bad Gateway',
  subject: { kind: 'job', ref: `bullmq/${name}`, title: name },
  since: minutesAgo(12),
  openedAt: minutesAgo(12),
  count: 1,
  place: { kind: 'run', id: 'r', job: { engine: 'bullmq', name } },
  actions: [
    {
      kind: 'open',
      title: 'Open',
    },
  ],
  ...more,
});

const aLevel = (
  name: string,
  more: Partial<ServiceLevel> = {},
): ServiceLevel => ({
  jobId: `bullmq/${name}`,
  engine: 'bullmq',
  name,
  queue: {
    waiting: 3,
    active: 1,
    delayed: 0,
    oldestWaitMs: 65_000,
    workers: 2,
    endedLastHour: 4,
    endedLastDay: 90,
  },
  targetDurationMs: 60_000,
  p50DurationMs: 20_000,
  p95DurationMs: 90_000,
  days7: { runs: 200, met: 199 },
  days30: { runs: 0, met: 0 },
  ...more,
});

const history = (waiting: number): QueueHistory => ({
  bucketMs: 600_000,
  ...{ queues: 2, hidden: 0 },
  points: Array.from({ length: 145 }, (_, i) => ({
    at: minutesAgo((144 - i) * 10),
    sampled: i > 10,
    waiting: i === 100 ? waiting : 0,
    oldestWaitMs: i === 100 ? 240_000 : 0,
    ended: i > 10 ? 1 : 0,
  })),
});

/** A backend of a few items; acknowledging and snoozing change them. */
function aBackend(items: AttentionItem[], levels = [aLevel('nightly-import')]) {
  const seen = { jobs: [] as Array<string | null> };
  const page = (): Answer => {
    const open = items.filter(item => item.state === 'open');
    const count = (severity: string) =>
      open.filter(item => item.severity === severity).length;
    return {
      items,
      totalItems: items.length,
      open: {
        critical: count('critical'),
        high: count('high'),
        normal: count('normal'),
        low: count('low'),
      },
      evaluatedAt: minutesAgo(0),
      pageInfo: {},
    };
  };
  const act = (state: AttentionItem['state']) =>
    http.post(at(`/attention/:id/:verb`), async ({ params, request }) => {
      const { reason, until } = (await request.json()) as any;
      const item = items.find(i => i.id === params.id)!;
      item.state = params.verb === 'snooze' ? 'snoozed' : state;
      item.acknowledgement = {
        by: 'user:default/oskar.operator',
        at: minutesAgo(0),
        reason,
        until,
      };
      return HttpResponse.json({ item, auditId: 'a-1' });
    });
  server.use(
    permissionsHandler(),
    http.get(at('/attention'), ({ request }) => {
      seen.jobs.push(new URL(request.url).searchParams.get('job'));
      return HttpResponse.json(page());
    }),
    act('acknowledged'),
    http.get(at('/service-levels'), () =>
      HttpResponse.json({
        items: levels,
        totalItems: levels.length,
        pageInfo: {},
        freshness: { state: 'live', asOf: minutesAgo(0) },
      }),
    ),
    http.get(at('/queues/history'), ({ request }) =>
      HttpResponse.json(
        history(new URL(request.url).searchParams.get('job') ? 7 : 12),
      ),
    ),
  );
  return { items, seen };
}

describe('the action in an item', () => {
  const itemNamed = async (title: string) =>
    within(
      (await screen.findAllByRole('listitem')).find(item =>
        item.textContent!.includes(title),
      )!,
    );

  it('[truth.12] decides a request, replays deliveries, overrides a limit and pages, with the same layout for every kind', async () => {
    const open = { kind: 'open', title: 'Open' } as const;
    aBackend([
      anItem('request', {
        kind: 'approval-waiting',
        actions: [open, { kind: 'approve', approvalId: 'one' }],
      }),
      anItem('deliveries', {
        kind: 'endpoint-failures',
        actions: [
          open,
          { kind: 'replay', tenant: 'nordic-gym', endpoint: 'main' },
        ],
      }),
      anItem('refusals', {
        kind: 'requests-refused',
        actions: [open, { kind: 'override', client: 'nordic-gym' }],
      }),
      anItem('rollup', {
        actions: [
          open,
          { kind: 'page', title: 'Page Finance', url: 'https://example.com' },
        ],
      }),
    ]);
    const asked: string[] = [];
    server.use(
      http.get(at('/approvals/:id'), () => HttpResponse.json(aRequest('one'))),
      http.get(at('/approvals/rules'), () => HttpResponse.json({ items: [] })),
      http.get(at('/webhook-failures/bulk-preview'), ({ request }) => {
        asked.push(new URL(request.url).search);
        return new Promise<never>(() => {});
      }),
    );
    const { user, address } = await renderPage(
      <AttentionPage />,
      '/operations/attention',
    );
    const [request, deliveries, refusals, rollup] = await Promise.all(
      ['request', 'deliveries', 'refusals', 'rollup'].map(name =>
        itemNamed(`${name} failed`),
      ),
    );
    for (const item of [request, deliveries, refusals, rollup]) {
      expect(item.getByRole('button', { name: /^Open: / })).toBeVisible();
      expect(
        item.getByRole('button', { name: /^Acknowledge: / }),
      ).toBeVisible();
    }
    expect(rollup.getByRole('button', { name: /Page Finance/ })).toBeVisible();

    await user.click(
      await request.findByRole('button', { name: 'Approve: request failed' }),
    );
    const dialog = within(await screen.findByRole('dialog'));
    expect(
      await dialog.findByRole('note', { name: 'Preview of the banner' }),
    ).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());

    await user.click(
      deliveries.getByRole('button', { name: 'Replay…: deliveries failed' }),
    );
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(new URLSearchParams(asked[0]).get('tenant')).toBe('nordic-gym');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());

    await user.click(
      refusals.getByRole('button', {
        name: 'Override the limit of nordic-gym',
      }),
    );
    expect(address()).toBe('/operations/rate-limits?override=nordic-gym');
  });
});

describe('an item of another plugin', () => {
  it('leads to an entity or to an address outside by a link and a button, which says of which item', async () => {
    const actions: AttentionItem['actions'] = [{ kind: 'open', title: 'Open' }];
    aBackend([
      anItem('certificate', {
        ...{ source: 'certificates', actions },
        place: { kind: 'entity', entityRef: 'resource:default/edge' },
      }),
      anItem('release', {
        ...{ source: 'releases' },
        place: { kind: 'url', url: 'https://ci.example/1.8.3' },
        actions: [
          ...actions,
          {
            ...{ kind: 'page', title: 'Page Platform' },
            entityRef: 'group:default/platform',
          },
        ],
      }),
    ]);
    await renderPage(<AttentionPage />, '/operations/attention');
    const hrefOf = (name: RegExp) =>
      screen.getByRole('button', { name }).getAttribute('href');
    expect(
      await screen.findByRole('link', { name: 'certificate failed' }),
    ).toHaveAttribute('href', '/catalog/default/resource/edge');
    expect(hrefOf(/^Open: certificate failed/)).toBe(
      '/catalog/default/resource/edge',
    );
    expect(hrefOf(/^Open: release failed/)).toBe('https://ci.example/1.8.3');
    expect(hrefOf(/^Page Platform: release failed/)).toBe(
      '/catalog/default/group/platform',
    );
  });
});

describe('the overview', () => {
  it('says first what needs one now, then what can wait, then what somebody sees to', async () => {
    aBackend([
      anItem('import'),
      anItem('rollup', { severity: 'normal', kind: 'queue-depth', count: 3 }),
      anItem('export', {
        state: 'acknowledged',
        acknowledgement: {
          by: 'user:default/oskar.operator',
          at: minutesAgo(1),
          reason: REASON,
        },
      }),
    ]);
    await renderPage(<AttentionPage />, '/operations/attention');
    expect(await screen.findByText('1 urgent, 1 can wait')).toBeVisible();
    const names = ['Urgent', 'Can wait', 'Acknowledged'];
    const lists = names.map(name => screen.getByRole('list', { name }));
    expect(lists.map(list => list.textContent)).toEqual([
      expect.stringContaining('import failed'),
      expect.stringMatching(/rollup failed.*3 times/),
      expect.stringMatching(new RegExp(`export failed.*“${REASON}”`)),
    ]);
    await screen.findByRole('table', { name: 'Service levels' });
    expect(await seriousViolations()).toEqual([]);
  });

  it('acknowledges with a reason, and shows at once that somebody sees to it', async () => {
    aBackend([anItem('import')]);
    const { user } = await renderPage(
      <AttentionPage />,
      '/operations/attention',
    );
    await user.click(
      await screen.findByRole('button', { name: 'Acknowledge: import failed' }),
    );
    const dialog = await screen.findByRole('dialog');
    await fill(user, within(dialog).getByLabelText(/reason/i), REASON);
    await user.click(
      within(dialog).getByRole('button', { name: /^Acknowledge/ }),
    );
    expect(await screen.findByText('Nothing needs attention')).toBeVisible();
    expect(
      within(screen.getByRole('list', { name: 'Acknowledged' })).getByText(
        /Acknowledged by/,
      ),
    ).toBeVisible();
  });

  it('loses what was solved when the backend signals it, without a reload', async () => {
    const { items } = aBackend([anItem('import')]);
    const { signals } = await renderPage(
      <AttentionPage />,
      '/operations/attention',
    );
    await screen.findByText('1 urgent');
    items.splice(0);
    signals.send({ changed: 'attention' });
    expect(await screen.findByText('All clear')).toBeVisible();
  });

  it('says what could not be loaded, and tries again', async () => {
    aBackend([]);
    server.use(
      http.get(
        at('/attention'),
        () => errorAnswer(403, 'NotAllowedError', 'You may not see this'),
        { once: true },
      ),
    );
    const { user } = await renderPage(
      <AttentionPage />,
      '/operations/attention',
    );
    expect(
      await screen.findByText('What needs attention could not be loaded'),
    ).toBeVisible();
    await user.click(screen.getByRole('button', { name: /again|retry/i }));
    expect(await screen.findByText('Nothing needs attention')).toBeVisible();
  });
});

describe('queues and service levels', () => {
  it('shows depth, wait, workers, throughput, durations against the target and the share that met it', async () => {
    aBackend(
      [],
      [aLevel('nightly-import'), aLevel('big', { queue: undefined })],
    );
    await renderPage(<AttentionPage />, '/operations/attention');
    const table = await screen.findByRole('table', { name: 'Service levels' });
    const row = (await within(table).findByText('nightly-import')).closest(
      'tr',
    )!;
    for (const text of ['3', '1', '1 min 5 s', '2', '≈ 20 s', '99.5 %']) {
      expect(within(row).getByText(text)).toBeInTheDocument();
    }
    expect(row).toHaveTextContent('4 in 1 h90 in 24 h');
    expect(row).toHaveTextContent('▲ ≈ 1.5 minof 1 min');
  });

  it('draws a day of all queues or of the one chosen, and says the same to who cannot see it', async () => {
    aBackend([]);
    const { user, query } = await renderPage(
      <AttentionPage />,
      '/operations/attention',
    );
    expect(
      await screen.findByText(
        'All queues: at most 12 waiting, for up to 4 min; 134 runs ended in 24 hours',
      ),
    ).toBeVisible();
    await user.click(
      await screen.findByRole('button', { name: '24 h of nightly-import' }),
    );
    expect(query().get('queue')).toBe('bullmq/nightly-import');
    expect(
      await screen.findByText(/^nightly-import: at most 7 waiting/),
    ).toBeVisible();
    const hours = within(
      screen.getByRole('table', { name: '24 hours: nightly-import' }),
    ).getAllByRole('row');
    expect(hours).toHaveLength(1 + 25);
    expect(hours[1]).toHaveTextContent('not known');
    await user.click(screen.getByRole('button', { name: 'Show all queues' }));
    expect(await screen.findByText(/^All queues/)).toBeVisible();
  });

  it('says how a queue gets here where there is none', async () => {
    aBackend([], []);
    await renderPage(<AttentionPage />, '/operations/attention');
    expect(await screen.findByText('No queues yet')).toBeVisible();
    expect(await seriousViolations()).toEqual([]);
  });
});

describe('attention elsewhere in the portal', () => {
  it('is at most five lines on the home page, and leads on', async () => {
    aBackend(Array.from({ length: 7 }, (_, i) => anItem(`job-${i}`)));
    await renderPage(<HomeAttention />, '/home');
    const list = await screen.findByRole('list', { name: 'Needs attention' });
    expect(within(list).getAllByRole('listitem')).toHaveLength(5);
    expect(screen.getByRole('link', { name: 'and 2 more' })).toHaveAttribute(
      'href',
      '/operations',
    );
  });

  it("stands on a job's entity page, of this job only", async () => {
    const { seen } = aBackend([anItem('import')]);
    const entity = {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: {
        name: 'import',
        annotations: { [JOB_ANNOTATION]: 'bullmq/import' },
      },
    };
    await renderPage(
      <EntityProvider entity={entity}>
        <EntityAttention />
      </EntityProvider>,
      '/catalog/default/component/import',
    );
    expect(
      await screen.findByRole('link', { name: 'import failed' }),
    ).toBeVisible();
    expect(seen.jobs).toEqual(['bullmq/import']);
  });

  it('counts beside the navigation entry what needs one now, and follows', async () => {
    const { items } = aBackend([
      anItem('import'),
      anItem('rollup', { severity: 'normal' }),
      anItem('export', { severity: 'critical' }),
    ]);
    const { signals } = await renderPage(
      <AttentionBadge>
        <i />
      </AttentionBadge>,
      '/',
    );
    expect(await screen.findByText('2 urgent items')).toBeInTheDocument();
    items.splice(0);
    signals.send({ changed: 'attention' });
    await waitFor(() =>
      expect(screen.queryByText(/urgent/)).not.toBeInTheDocument(),
    );
  });
});
