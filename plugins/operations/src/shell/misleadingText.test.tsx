import type { ReactElement } from 'react';
import { waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { Route, Routes } from 'react-router-dom';
import { registerMswTestHooks } from '@backstage/test-utils';
import { handlersFor, iso, TestPlatform } from '../__testUtils__';
import { renderPage } from '../__testUtils__/renderPage';
import { HomeAttention } from '../attention/HomeAttention';
import { AuditPage } from '../audit/AuditPage';
import { JobPage } from '../jobs/job/JobPage';
import { RunDrawer } from '../jobs/run/RunDrawer';
import { useRunParam } from '../jobs/useRunParam';
import { MaintenancePage } from '../maintenance/MaintenancePage';

const server = setupServer();
registerMswTestHooks(server);

// jsdom lays nothing out; the log needs a height to know which lines are in sight
beforeEach(() => {
  jest.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  jest.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(800);
});
afterEach(() => jest.restoreAllMocks());

const MISLEADING = '\u202e\u001b[2J\u2060';
const SIGNS = '⟨U+202E⟩␛[2J⟨U+2060⟩';
const JOB = 'daily-mrr-rollup';

/** Names of fields whose text a person, a platform or a customer writes. */
const WRITTEN = new Set([
  ...['reason', 'description', 'detail', 'message', 'error', 'title', 'text'],
  ...['manualRunReason', 'note', 'en', 'stack', 'userAgent', 'bucket'],
]);

/** An answer in which every written text has misleading characters in it. */
function poisoned(value: unknown, name = ''): unknown {
  if (typeof value === 'string') {
    return WRITTEN.has(name) ? `${value}${MISLEADING}` : value;
  }
  if (Array.isArray(value)) return value.map(item => poisoned(item, name));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, poisoned(inner, key)]),
  );
}

function aPlatform(): TestPlatform {
  const platform = new TestPlatform();
  platform.noteAction({
    actor: 'user:default/jonas.berg',
    action: 'job.run',
    target: `job:bullmq/${JOB}`,
    reason: 'Numbers look low',
    parameters: { note: 'x', bucket: 'y' },
    before: { note: 'old' },
    after: { note: 'new' },
    outcome: 'failed',
    error: 'not now',
    ip: '10.0.0.7',
    userAgent: 'agent',
  });
  const run = platform.add(platform.job(JOB)!, {
    id: 'run-1',
    status: 'failed',
    startedAt: iso(Date.now() - 20_000),
    endedAt: iso(Date.now()),
    reason: 'Numbers look low',
    parameters: { note: 'x' },
    error: { name: 'Error', message: 'it broke', stack: 'at x' },
  });
  platform.logs.set(run.id, ['first', 'second']);
  return platform;
}

function Drawer() {
  return <RunDrawer run={useRunParam()} />;
}

const now = iso(Date.now());
const OTHERS = [
  http.get('*/api/operations/v1/attention', () =>
    HttpResponse.json({
      items: [
        {
          ...{ id: 'i', source: 'jobs', kind: 'k', severity: 'high' },
          ...{
            state: 'open',
            title: 'Nightly failed',
            detail: '502',
            count: 1,
          },
          subject: { kind: 'job', ref: `bullmq/${JOB}`, title: JOB },
          ...{ since: now, openedAt: now },
          place: { kind: 'page', page: 'jobs' },
          actions: [{ kind: 'open', title: 'Open' }],
        },
      ],
      totalItems: 1,
      open: { critical: 0, high: 1, normal: 0, low: 0 },
      evaluatedAt: now,
      pageInfo: {},
    }),
  ),
  http.get('*/api/operations/v1/maintenance', () =>
    HttpResponse.json({
      items: [
        {
          ...{ id: 'w1', scope: { kind: 'platform' }, mode: 'offline' },
          ...{ startsAt: iso(Date.now() - 60_000), timezone: 'UTC' },
          ...{ endsAt: iso(Date.now() + 600_000), holdJobs: true },
          ...{ messages: { en: 'We move house' }, state: 'active' },
          ...{ overrunning: false, endedEarly: false, published: true },
          ...{ createdAt: now, createdBy: 'user:default/ada' },
          reason: 'the disk is replaced',
        },
      ],
      totalItems: 1,
      pageInfo: {},
    }),
  ),
];

/** What is shown, read out, or appears on hover. */
function shownTexts(): string {
  const attributes = [...document.body.querySelectorAll('*')].flatMap(element =>
    ['title', 'aria-label'].map(name => element.getAttribute(name) ?? ''),
  );
  return [document.body.textContent, ...attributes].join('\n');
}

describe('[guarantees.6] a page shows as signs what would mislead its reader', () => {
  it.each<[string, ReactElement, string, string]>([
    [
      'a job',
      <Routes>
        <Route path="/operations/jobs/:engine/:name" element={<JobPage />} />
      </Routes>,
      `/operations/jobs/bullmq/${JOB}`,
      'finance ledger',
    ],
    ['a run and its log', <Drawer />, '/x?run=run-1', 'second'],
    ['the audit trail', <AuditPage />, '/operations/audit', 'Numbers look low'],
    [
      'the details of an action',
      <AuditPage />,
      '/operations/audit?entry=audit-1',
      'not now',
    ],
    ['attention', <HomeAttention />, '/home', 'Nightly failed'],
    [
      'maintenance',
      <MaintenancePage />,
      '/operations/maintenance',
      'is replaced',
    ],
  ])('%s', async (_, page, address, text) => {
    server.use(...OTHERS, ...handlersFor(aPlatform()));
    const json = HttpResponse.json.bind(HttpResponse) as (
      body: unknown,
      init?: ResponseInit,
    ) => Response;
    jest
      .spyOn(HttpResponse, 'json')
      .mockImplementation(((body: unknown, init: ResponseInit) =>
        json(poisoned(body), init)) as typeof HttpResponse.json);
    await renderPage(page, address);
    await waitFor(() => expect(shownTexts()).toContain(`${text}${SIGNS}`));
    // eslint-disable-next-line no-control-regex
    expect(shownTexts()).not.toMatch(/[\u202e\u2060]|\u001b/);
  });
});
