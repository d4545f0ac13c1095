import type {
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { WebhookFilter } from '@craft-easy/backstage-plugin-operations-common/internal';
import { upsert } from '../../../plugins/operations-backend/src/lib/sql';
import { Access } from '../../../plugins/operations-backend/src/permissions/Access';
import { TenantScope } from '../../../plugins/operations-backend/src/permissions/TenantScope';
import { CountDeltas } from '../../../plugins/operations-backend/src/webhooks/CountDeltas';
import { InboxService } from '../../../plugins/operations-backend/src/webhooks/InboxService';
import type { FailureReport } from '../../../plugins/operations-backend/src/webhooks/recorder/reports';
import { WebhookRecorder } from '../../../plugins/operations-backend/src/webhooks/recorder/WebhookRecorder';
import { afterFailure } from '../../../plugins/operations-backend/src/webhooks/recorder/transitions';
import { ReplayStore } from '../../../plugins/operations-backend/src/webhooks/ReplayStore';
import {
  failureId,
  FAILURES,
} from '../../../plugins/operations-backend/src/webhooks/rows';
import type { Knex } from 'knex';
import { openDatabase } from '../jobs/database';

const TENANTS = 1_000;
const ERRORS = [
  { class: 'server-error', code: '503' },
  { class: 'timeout', code: 'TIMEOUT' },
  { class: 'connection', code: 'ECONNREFUSED' },
  { class: 'client-error', code: '404' },
] as const;
const EVENTS = ['payment.confirmed', 'invoice.paid', 'booking.created'];
const NOW = Date.now();
const THIRTY_DAYS = 30 * 24 * 3600_000;
const PLANNED = 50_000;
const RECORDED = 20_000;

function report(i: number, failures: number): FailureReport {
  // spread over tenants by a prime, so that neighbours in time are strangers
  const tenant = (i * 7919) % TENANTS;
  const kind = ERRORS[(i * 31) % ERRORS.length];
  const error = { ...kind, message: `failed with ${kind.code}` };
  const failedAt = NOW - THIRTY_DAYS + Math.floor((i / failures) * THIRTY_DAYS);
  return {
    kind: 'failure',
    source: 'platform',
    tenant: `tenant-${tenant}`,
    endpoint: `endpoint-${tenant % 3}`,
    webhookId: `msg_${i.toString(36).padStart(8, '0')}`,
    eventType: EVENTS[(i * 13) % EVENTS.length],
    createdAt: failedAt - 1_000,
    failedAt,
    error,
    attempts: [
      {
        n: 1,
        at: new Date(failedAt).toISOString(),
        durationMs: 5,
        sent: true,
        error,
      },
    ],
    payload: {
      contentType: 'application/json',
      size: 20,
      text: '{"payment":"pay_1"}',
      truncated: false,
      redacted: [],
    },
  };
}

const permissions = {
  authorize: async () => [{ result: AuthorizeResult.ALLOW }],
  authorizeConditional: async () => [{ result: AuthorizeResult.ALLOW }],
} as unknown as PermissionsService;

/**
 * The rows and counts that the recorder would have written, but for payloads and attempts, which
 * no list reads.
 */
async function fill(knex: Knex, failures: number): Promise<void> {
  for (let i = 0; i < failures; i += 10_000) {
    const counts = new CountDeltas();
    const rows = Array.from(
      { length: Math.min(10_000, failures - i) },
      (_, k) => {
        const failed = report(i + k, failures);
        const row = afterFailure(
          undefined,
          failed,
          failureId(failed),
          undefined,
        )!;
        counts.add(row, 1);
        counts.failed(row);
        return { ...row };
      },
    );
    await knex.transaction(async trx => {
      await upsert(trx, FAILURES, ['id'], rows, []);
      await counts.write(trx);
    });
  }
}

/** Failures a second that the recorder takes in when so many are there. */
async function recordingRate(knex: Knex, failures: number): Promise<number> {
  const recorder = new WebhookRecorder(knex);
  const began = Date.now();
  for (let i = 0; i < RECORDED; i += 2_000) {
    await recorder.record(
      Array.from({ length: 2_000 }, (_, k) =>
        report(failures + i + k, failures),
      ),
    );
  }
  return RECORDED / ((Date.now() - began) / 1000);
}

/** A million failures, then what an operator asks. */
export async function measureInbox(
  kind: 'sqlite' | 'postgres',
  failures: number,
) {
  const { knex, close } = await openDatabase(kind);
  try {
    await fill(knex, failures);
    const recorded = await recordingRate(knex, failures);
    if (kind === 'postgres') await knex.raw('analyze');
    const inbox = new InboxService(
      knex,
      () => ({ available: true, asOf: new Date().toISOString() }),
      async () => ({ available: true, dispatchers: 1 }),
    );
    const access = new Access(permissions, {} as BackstageCredentials);
    const rows = [];
    const note = (measure: string, ms: number, target = '') =>
      rows.push({
        database: kind,
        measure,
        ms: Math.round(ms * 10) / 10,
        target,
      });
    const open: WebhookFilter = {
      state: ['failed', 'failed-again', 'replaying'],
    };
    const p95 = async (ask: (i: number) => Promise<unknown>) => {
      const times: number[] = [];
      for (let i = 0; i < 60; i++) {
        const start = performance.now();
        await ask(i);
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)];
    };
    const list = (filter: WebhookFilter, cursor?: string) =>
      inbox.list({ ...filter, limit: 50, cursor }, access);

    note('inbox page, p95', await p95(() => list(open)), '≤ 50 ms');
    note(
      'of one tenant, p95',
      await p95(i => list({ ...open, tenant: [`tenant-${i}`] })),
      '≤ 50 ms',
    );
    note(
      'of one event and error, p95',
      await p95(() =>
        list({ ...open, eventType: ['invoice.paid'], errorClass: ['timeout'] }),
      ),
      '≤ 50 ms',
    );
    note(
      'of the last day, p95',
      await p95(() => list({ ...open, age: '24h' })),
      '≤ 50 ms',
    );
    note(
      'by webhook id, p95',
      await p95(i =>
        list({
          ...open,
          search: `msg_${(i * 997).toString(36).padStart(8, '0')}`,
        }),
      ),
      '≤ 50 ms',
    );
    let cursor: string | undefined;
    note(
      'turning pages, p95',
      await p95(async () => {
        cursor = (await list(open, cursor)).pageInfo.nextCursor;
      }),
      '≤ 50 ms',
    );
    note('summary, p95', await p95(() => inbox.summary(open, access)));
    note(
      'summary of one tenant, p95',
      await p95(i =>
        inbox.summary({ ...open, tenant: [`tenant-${i}`] }, access),
      ),
    );

    // the newest 50,000, which lie over 500 tenants
    const tenant = Array.from({ length: 500 }, (_, i) => `tenant-${i}`);
    const from = new Date(
      NOW - THIRTY_DAYS * Math.min(1, (2 * PLANNED) / failures),
    ).toISOString();
    const target = {
      action: 'replay' as const,
      selection: {
        filter: { ...open, tenant, from },
        asOf: new Date().toISOString(),
      },
      scope: TenantScope.everything,
      includeDelivered: false,
      now: Date.now(),
    };
    const before = performance.now();
    const preview = await inbox.preview(
      { ...target.selection.filter, action: 'replay' },
      access,
    );
    note(
      `preview of ${preview.count} over ${preview.tenants} tenants`,
      performance.now() - before,
    );
    const planning = performance.now();
    const bulk = await new ReplayStore(knex).planBulk(target, {
      id: 'blk-bench',
      perEndpointPerSecond: 10,
      expected: preview.count,
      actor: 'user:default/bench',
      reason: 'measured by a benchmark',
    });
    note(
      `planning a bulk replay of ${bulk.total} over ${bulk.tenants} tenants`,
      performance.now() - planning,
      '≤ 2,000 ms',
    );
    rows.push({
      database: kind,
      measure: `recorded beside ${failures}`,
      ms: Math.round(recorded),
      target: 'failures/s',
    });
    return rows;
  } finally {
    await close();
  }
}
