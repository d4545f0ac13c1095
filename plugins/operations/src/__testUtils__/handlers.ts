import { http, HttpResponse, type RequestHandler } from 'msw';
import {
  FAILURE_STATUSES,
  type RunDetail,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { JobSummary } from '@craft-easy/backstage-plugin-operations-common';
import { iso, timeOf, type TestPlatform } from './TestPlatform';
import type { TestJob } from './definitions';
import { permissionsHandler } from './permissions';
import { facetsOf, paged, trendOf, errorGroupsOf } from './answers';

const ACTOR = 'user:default/anna.larsson';

/** An error as Backstage's backends send it. */
export function errorAnswer(status: number, name: string, message: string) {
  return HttpResponse.json(
    { error: { name, message }, response: { statusCode: status } },
    { status, headers: { 'x-request-id': 'req-7f3a9c51-84d2' } },
  );
}

const notFound = () =>
  errorAnswer(404, 'NotFoundError', 'No such thing, or you may not see it');

/** The answers of `/api/operations/v1` from a {@link TestPlatform}, under any host. */
export function handlersFor(platform: TestPlatform): RequestHandler[] {
  const at = (path: string) => `*/api/operations/v1${path}`;
  const jobOf = (params: Record<string, unknown>) =>
    platform.job(String(params.name));

  const start = (
    job: TestJob,
    action: string,
    patch: Partial<RunDetail>,
    key: string | null,
  ) => {
    const known = key && platform.answered.get(key);
    if (known) return HttpResponse.json(known, { status: 202 });
    const run = platform.add(job, { triggeredBy: ACTOR, ...patch });
    const audit = platform.noteAction({
      actor: ACTOR,
      action,
      target: `run:${run.id}`,
      jobId: `bullmq/${job.name}`,
      reason: patch.reason,
      tenant: run.tenant,
      parameters: patch.parameters,
      outcome: 'succeeded',
      requestId: 'req-7f3a9c51-84d2',
    });
    const answer = {
      run: { ...run, actions: platform.runActions(run) },
      auditId: audit.id,
    };
    if (key) platform.answered.set(key, answer);
    return HttpResponse.json(answer, { status: 202 });
  };

  return [
    permissionsHandler(
      name => platform.role === 'viewer' && !name.endsWith('.read'),
    ),
    http.get(at('/jobs'), ({ request }) => {
      const q = new URL(request.url).searchParams;
      const all = platform.jobs.map(job => platform.detail(job));
      return HttpResponse.json({
        ...paged(
          sortJobs(
            all.filter(job => jobMatches(job, q)),
            q,
          ),
          q,
        ),
        facets: facetsOf(all, q, jobMatches),
        freshness: platform.freshness(),
      });
    }),
    http.get(at('/jobs/:engine/:name'), ({ params }) => {
      const job = jobOf(params);
      return job ? HttpResponse.json(platform.detail(job)) : notFound();
    }),
    http.get(at('/jobs/:engine/:name/runs'), ({ params, request }) => {
      const job = jobOf(params);
      if (!job) return notFound();
      const q = new URL(request.url).searchParams;
      return HttpResponse.json(
        paged(
          platform.runsOf(job.name).filter(run => runMatches(run, q)),
          q,
        ),
      );
    }),
    http.get(at('/jobs/:engine/:name/trend'), ({ params, request }) => {
      const job = jobOf(params);
      if (!job) return notFound();
      const q = new URL(request.url).searchParams;
      const tenants = q.getAll('tenant');
      const runs = platform
        .runsOf(job.name)
        .filter(
          run => tenants.length === 0 || tenants.includes(run.tenant ?? ''),
        );
      return HttpResponse.json(trendOf(runs, Number(q.get('days') ?? 30)));
    }),
    http.get(at('/jobs/:engine/:name/error-groups'), ({ params }) => {
      const job = jobOf(params);
      return job
        ? HttpResponse.json(errorGroupsOf(platform.runsOf(job.name)))
        : notFound();
    }),
    http.get(at('/jobs/:engine/:name/tenants'), ({ params }) => {
      const job = jobOf(params);
      if (!job) return notFound();
      const runs = platform.runsOf(job.name);
      return HttpResponse.json({
        tenants: platform.detail(job).tenants.map(tenant => ({
          tenant,
          runs: runs.filter(run => run.tenant === tenant).slice(0, 20),
        })),
      });
    }),
    http.post(at('/jobs/:engine/:name/runs'), async ({ params, request }) => {
      const job = jobOf(params);
      if (!job) return notFound();
      const allowed = platform.capability(job, 'run');
      if (!allowed.allowed)
        return errorAnswer(409, 'ConflictError', allowed.reason!);
      const body = (await request.json()) as Partial<RunDetail>;
      return start(
        job,
        'job.run',
        { ...body, trigger: 'manual' },
        keyOf(request),
      );
    }),
    http.get(at('/runs'), ({ request }) => {
      const q = new URL(request.url).searchParams;
      const needle = q.get('search')?.toLowerCase() ?? '';
      const found = platform.runs.filter(
        run =>
          runMatches(run, q) &&
          [
            run.id,
            run.tenant,
            run.triggeredBy,
            JSON.stringify(run.parameters),
          ].some(text => text?.toLowerCase().includes(needle)),
      );
      return HttpResponse.json({
        ...paged(found, q),
        totalIsExact: true,
        freshness: platform.freshness(),
      });
    }),
    http.get(at('/run-summary'), ({ request }) => {
      const q = new URL(request.url).searchParams;
      const found = platform.runs.filter(run => runMatches(run, q));
      const facet = (valueOf: (run: RunDetail) => string | undefined) => {
        const counts = new Map<string, number>();
        for (const run of found) {
          const value = valueOf(run);
          if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
        }
        return [...counts].map(([value, count]) => ({ value, count }));
      };
      return HttpResponse.json({
        totalItems: found.length,
        totalIsExact: true,
        facets: {
          status: facet(run => run.status),
          job: facet(run => run.jobId),
          owner: [],
          tenant: facet(run => run.tenant),
          trigger: facet(run => run.trigger),
          operator: facet(run => run.triggeredBy),
          group: [],
          duration: [],
        },
        freshness: platform.freshness(),
      });
    }),
    http.get(at('/runs/:id/context'), () =>
      HttpResponse.json(platform.context),
    ),
    http.get(at('/run-bulks'), () => HttpResponse.json({ items: [] })),
    http.get(at('/runs/:id'), ({ params }) => {
      const run = platform.runs.find(r => r.id === params.id);
      const retry = platform.runs.find(r => r.id === run?.retriedBy);
      return run
        ? HttpResponse.json({
            retriedAs: retry && {
              id: retry.id,
              status: retry.status,
              endedAt: retry.endedAt,
            },
            ...run,
            actions: platform.runActions(run),
          })
        : notFound();
    }),
    http.get(at('/runs/:id/log'), ({ params, request }) => {
      const run = platform.runs.find(r => r.id === params.id);
      if (!run) return notFound();
      const q = new URL(request.url).searchParams;
      const lines = platform.log(run);
      const limit = Number(q.get('limit') ?? 500);
      let from = Math.max(0, lines.length - Number(q.get('tail') ?? limit));
      if (q.has('after')) from = Number(q.get('after'));
      if (q.has('before'))
        from = Math.max(0, Number(q.get('before')) - 1 - limit);
      const to = q.has('before')
        ? Number(q.get('before')) - 1
        : Math.min(
            lines.length,
            from + Math.max(limit, Number(q.get('tail') ?? 0)),
          );
      const begun = timeOf(run);
      return HttpResponse.json({
        lines: lines.slice(from, to).map((text, i) => ({
          n: from + i + 1,
          time: iso(begun + (from + i) * 317),
          text,
        })),
        nextAfter: Math.max(to, from),
        totalLines: lines.length,
        ended: !['queued', 'running', 'cancelling'].includes(run.status),
        source: 'live',
      });
    }),
    http.post(at('/runs/:id/cancel'), async ({ params, request }) => {
      const run = platform.runs.find(r => r.id === params.id);
      if (!run) return notFound();
      const { cancel } = platform.runActions(run);
      if (!cancel.allowed)
        return errorAnswer(409, 'ConflictError', cancel.reason!);
      const { reason } = (await request.json()) as { reason: string };
      run.status = run.status === 'queued' ? 'cancelled' : 'cancelling';
      run.cancelledBy = ACTOR;
      const audit = platform.noteAction({
        actor: ACTOR,
        action: 'job.cancel',
        target: `run:${run.id}`,
        reason,
        outcome: 'succeeded',
      });
      return HttpResponse.json(
        {
          run: { ...run, actions: platform.runActions(run) },
          auditId: audit.id,
        },
        { status: 202 },
      );
    }),
    http.post(at('/runs/:id/retry'), async ({ params, request }) => {
      const run = platform.runs.find(r => r.id === params.id);
      if (!run) return notFound();
      const { retry } = platform.runActions(run);
      if (!retry.allowed)
        return errorAnswer(409, 'ConflictError', retry.reason!);
      const body = (await request.json()) as Partial<RunDetail>;
      const answer = start(
        platform.job(run.jobName)!,
        'job.retry',
        {
          parameters: run.parameters,
          tenant: run.tenant,
          ...body,
          trigger: 'retry',
          retryOf: run.id,
          retriedParameters: run.parameters,
        },
        keyOf(request),
      );
      run.retriedBy = platform.runs[0].id;
      return answer;
    }),
    http.get(at('/audit'), ({ request }) => {
      const q = new URL(request.url).searchParams;
      const among = (name: string, value: string | undefined) =>
        !q.has(name) || q.getAll(name).includes(value ?? '');
      const from = q.get('from');
      return HttpResponse.json(
        paged(
          platform.audit.filter(
            row =>
              among('action', row.action) &&
              among('outcome', row.outcome) &&
              among('actor', row.actor) &&
              among('tenant', row.tenant) &&
              among('target', row.target) &&
              (!from || row.at >= from) &&
              (!q.has('job') ||
                row.target === `job:${q.get('job')}` ||
                row.target.startsWith(`run:${q.get('job')!.split('/')[1]}.`)),
          ),
          q,
        ),
      );
    }),
    http.get(at('/attention'), () =>
      HttpResponse.json({
        ...{ items: [], totalItems: 0, pageInfo: {} },
        open: { critical: 0, high: 2, normal: 0, low: 0 },
        evaluatedAt: iso(Date.now()),
      }),
    ),
    http.get(at('/approvals'), () =>
      HttpResponse.json({ items: [], totalItems: 0, pageInfo: {} }),
    ),
    http.get(at('/approvals/mine'), () => HttpResponse.json({ items: [] })),
    http.get(at('/approvals/rules'), () => HttpResponse.json({ items: [] })),
    http.get(at('/audit/verification'), () =>
      HttpResponse.json({
        whole: true,
        rows: platform.audit.length * 2,
        head: 'b1946ac92492d2347c6235b4d2611184',
        checkedAt: iso(Date.now()),
      }),
    ),
  ];
}

function keyOf(request: Request): string | null {
  return request.headers.get('idempotency-key');
}

function runMatches(run: RunDetail, q: URLSearchParams): boolean {
  const among = (name: string, value: string | undefined) =>
    !q.has(name) || q.getAll(name).includes(value ?? '');
  return (
    among('status', run.status) &&
    among('tenant', run.tenant) &&
    among('trigger', run.trigger) &&
    among('day', run.endedAt?.slice(0, 10)) &&
    among(
      'group',
      run.errorMessage && errorGroupsOf([run]).items[0]?.fingerprint,
    )
  );
}

function jobMatches(
  job: JobSummary,
  q: URLSearchParams,
  but?: string,
): boolean {
  const among = (name: string, values: Array<string | undefined>) =>
    name === but ||
    !q.has(name) ||
    q.getAll(name).some(value => values.includes(value));
  const search = q.get('search')?.toLowerCase();
  return (
    (!search ||
      `${job.name} ${job.description}`.toLowerCase().includes(search)) &&
    among('status', [job.lastRun?.status ?? 'never']) &&
    among('owner', [job.owner]) &&
    among('schedule', [job.scheduleKind]) &&
    among('tag', job.tags) &&
    among(
      'tenant',
      job.tenantScoped ? (job as { tenants?: string[] }).tenants ?? [] : [],
    )
  );
}

function sortJobs(jobs: JobSummary[], q: URLSearchParams): JobSummary[] {
  const sign = q.get('order') === 'desc' ? -1 : 1;
  const needs = (job: JobSummary) =>
    job.lastRun &&
    (FAILURE_STATUSES as readonly string[]).includes(job.lastRun.status)
      ? 0
      : 1;
  const keys: Record<string, (job: JobSummary) => string | number> = {
    attention: needs,
    name: job => job.name,
    owner: job => job.owner ?? '~',
    status: job => job.lastRun?.status ?? 'never',
    lastRun: job => (job.lastRun ? timeOf(job.lastRun) : 0),
    nextRun: job => job.nextRunAt ?? '~',
    duration: job => job.p95DurationMs ?? 0,
  };
  const key = keys[q.get('sort') ?? 'attention'];
  return [...jobs].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === y) return a.name < b.name ? -1 : 1;
    return (x < y ? -1 : 1) * sign;
  });
}
