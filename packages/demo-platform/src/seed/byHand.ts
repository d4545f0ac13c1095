import { between } from '../platform/chance';
import type { EndedRun } from './record';

const DAY_MS = 24 * 3_600_000;

const OSKAR = 'user:default/oskar.operator';
const ADA = 'user:default/ada.admin';
const FIA = 'user:default/fia.finance';

/** A moment of the past, in working hours. */
function workday(now: number, daysAgo: number, ...words: string[]): number {
  const midnight = Math.floor((now - daysAgo * DAY_MS) / DAY_MS) * DAY_MS;
  return midnight + between(7 * 3_600, 15 * 3_600, daysAgo, ...words) * 1_000;
}

function announcements(now: number): EndedRun[] {
  return [27, 20, 13, 6].flatMap((daysAgo, i) =>
    [true, false].map((dryRun, nth): EndedRun => {
      const startedAt = workday(now, daysAgo, 'announcement') + nth * 1_200_000;
      return {
        id: `send-announcement.seed-${daysAgo}-${dryRun ? 'dry' : 'sent'}`,
        job: 'send-announcement',
        state: 'succeeded',
        trigger: 'manual',
        triggeredBy: i % 2 ? ADA : OSKAR,
        reason: dryRun
          ? 'Try the maintenance notice dry first'
          : 'Announce the maintenance of the weekend',
        dryRun,
        parameters: {
          channel: 'in-app',
          audience: ['owners', 'staff'],
          message: {
            subject: 'Maintenance on Sunday',
            body: 'Bookings are read-only on Sunday from 03:00 to 03:20.',
            language: 'en',
          },
        },
        startedAt,
        endedAt: startedAt + 4_300,
        result: { people: dryRun ? 0 : 60, dryRun },
        log: ['"Maintenance on Sunday" by in-app to owners, staff'],
      };
    }),
  );
}

function warehouseExports(now: number): EndedRun[] {
  return [24, 17, 9, 2].map((daysAgo): EndedRun => {
    const startedAt = workday(now, daysAgo, 'warehouse');
    const cancelled = daysAgo === 9;
    return {
      id: `warehouse-export.seed-${daysAgo}`,
      job: 'warehouse-export',
      state: cancelled ? 'cancelled' : 'succeeded',
      trigger: 'manual',
      triggeredBy: OSKAR,
      reason: 'The model of the bookings has changed',
      cancelledBy: cancelled ? ADA : undefined,
      parameters: { schemas: ['core', 'billing'], compression: 'zstd' },
      startedAt,
      endedAt: startedAt + (cancelled ? 61_000 : 247_000),
      result: cancelled ? undefined : { parts: 240 },
      log: cancelled
        ? [
            'part 60 of 240',
            'cleaning up: dropping the staging tables of 60 parts',
          ]
        : ['part 120 of 240', 'part 240 of 240'],
    };
  });
}

function legacyExports(now: number): EndedRun[] {
  return [22, 15, 8, 1].map((daysAgo): EndedRun => {
    const startedAt = workday(now, daysAgo, 'legacy');
    return {
      id: `legacy-ledger-export.seed-${daysAgo}`,
      job: 'legacy-ledger-export',
      engine: 'protocol',
      state: 'succeeded',
      trigger: 'manual',
      triggeredBy: FIA,
      reason: 'The auditors have asked for the month',
      parameters: { rows: 400 },
      startedAt,
      endedAt: startedAt + 8_400,
      result: { rows: 400 },
      log: ['400 rows to export', 'wrote 400 rows'],
    };
  });
}

/** Each failed reconciliation was retried with the bank's new layout, and went well. */
function retries(failed: EndedRun[]): EndedRun[] {
  return failed
    .filter(run => run.job === 'payment-reconciliation')
    .map((run): EndedRun => {
      const startedAt = run.endedAt + between(3_600, 4 * 3_600, run.id) * 1_000;
      return {
        id: `${run.id}.retry`,
        job: run.job,
        state: 'succeeded',
        trigger: 'retry',
        triggeredBy: FIA,
        reason: 'The bank has sent its file in the new layout',
        tenant: run.tenant,
        retryOf: run.id,
        parameters: { bankFileLayout: 'camt.053-2025' },
        startedAt,
        endedAt: startedAt + 2_600,
        result: { payments: 61 },
        log: [
          `${run.tenant}: reading the bank's file as camt.053-2025`,
          '61 payments matched',
        ],
      };
    });
}

/** What people did over the last thirty days. */
export function runsByHand(now: number, scheduled: EndedRun[]): EndedRun[] {
  return [
    ...announcements(now),
    ...warehouseExports(now),
    ...legacyExports(now),
    ...retries(scheduled.filter(run => run.state === 'failed')),
  ].filter(run => run.endedAt < now);
}
