/** What has happened before a walk, so that its pages have something to show. */
import { randomUUID } from 'node:crypto';
import { ApprovalRequested } from '@craft-easy/backstage-plugin-operations-common';
import { apiAs } from '../people';

const TIMEZONE = 'Europe/Stockholm';

/**
 * Each kind of control in force, planned and past, a request that waits, a dry run, a purge, and
 * actions that were refused. What the story begins with stays as it is: its failed jobs and
 * webhooks.
 */
export async function happen(portalUrl: string): Promise<void> {
  const ada = (await apiAs(portalUrl, 'ada.admin')).client;
  const oskar = (await apiAs(portalUrl, 'oskar.operator')).client;
  const vera = (await apiAs(portalUrl, 'vera.viewer')).client;
  const key = () => ({ idempotencyKey: randomUUID() });
  const hours = (n: number) =>
    new Date(Date.now() + n * 3_600_000).toISOString();
  const because = (reason: string) => ({ body: { reason }, ...key() });

  const override = (tenant: string, factor: number, reason: string) =>
    oskar.call('POST /rate-limit-overrides', {
      body: {
        subject: { kind: 'tenant', tenant },
        limit: { kind: 'multiplier', factor },
        endsAt: hours(1),
        reason,
      },
      ...key(),
    });
  await override('nordic-gym', 5, 'Nordic Gym imports its members: 4711');
  const { override: past } = await override('city-dental', 2, 'A busy Monday');
  await oskar.call('POST /rate-limit-overrides/:id/end', {
    params: { id: past.id },
    ...because('The rush is over'),
  });

  const maintenance = (
    scope: { kind: 'platform' } | { kind: 'tenant'; tenant: string },
    startsAt: string | undefined,
    reason: string,
  ) =>
    ada.call('POST /maintenance', {
      body: {
        scope,
        mode: scope.kind === 'platform' ? 'offline' : 'read-only',
        startsAt,
        endsAt: hours(startsAt ? 6 : 2),
        timezone: TIMEZONE,
        messages: { en: 'We move to larger rooms. Your bookings are kept.' },
        reason,
      },
      ...key(),
    });
  const spa = { kind: 'tenant', tenant: 'alpine-spa' } as const;
  const yoga = { kind: 'tenant', tenant: 'harbor-yoga' } as const;
  await maintenance(spa, undefined, 'Their database moves to another host');
  const { window: planned } = await maintenance(yoga, hours(5), 'New disks');
  await ada.call('POST /maintenance/:id/end', {
    params: { id: planned.id },
    ...because('The disks are late'),
  });
  // needs a second person
  await maintenance({ kind: 'platform' }, hours(5), 'The data centre moves')
    .then(() => undefined)
    .catch(passIf(ApprovalRequested));

  const flag = { params: { key: 'new-checkout' } };
  const { etag } = await ada.call('GET /flags/:key', flag);
  await ada.call('PUT /flags/:key', {
    ...flag,
    ifMatch: etag,
    body: { variant: 'on', until: hours(3), reason: 'Try it for an evening' },
    ...key(),
  });

  await oskar.call('POST /jobs/:engine/:name/runs', {
    params: { engine: 'bullmq', name: 'warehouse-export' },
    body: {
      dryRun: true,
      timeRange: { from: hours(-48), to: hours(-24) },
      reason: 'How much is it?',
    },
    ...key(),
  });
  const mrr = { engine: 'bullmq', name: 'daily-mrr-rollup' };
  await vera
    .call('POST /jobs/:engine/:name/runs', {
      params: mrr,
      ...because('May I?'),
    })
    .catch(() => undefined);

  const { items: caches } = await ada.call('GET /caches');
  const target = { params: { target: caches[0].name } };
  const preview = await ada.call('POST /caches/:target/previews', {
    ...target,
    body: { pattern: 'cache:metro-physio:product:*' },
  });
  await ada.call('POST /caches/:target/purges', {
    ...target,
    body: {
      previewId: preview.id,
      mode: 'hard',
      reason: 'Prices were wrong after the import',
    },
    ...key(),
  });
}

/** Takes an error of a class for an answer. */
function passIf(kind: new (...args: never[]) => Error) {
  return (error: unknown) => {
    if (!(error instanceof kind)) throw error;
  };
}
