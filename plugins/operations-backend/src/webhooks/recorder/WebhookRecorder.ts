import type { Knex } from 'knex';
import type { WebhookAttempt } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { BulkCounters } from '../../bulk/BulkCounters';
import { inTurn } from '../../lib/inTurn';
import { LOCKS, lockFor, storable, upsert } from '../../lib/sql';
import type { Recorder } from '../../jobs/ports';
import { CountDeltas } from '../CountDeltas';
import {
  ACTIVE_REPLAY_STATES,
  ENDPOINTS,
  failureId,
  FailureRow,
  FAILURES,
  REPLAYS,
  REPLAY_BULKS,
  ReplayRow,
} from '../rows';
import type {
  EndpointReport,
  FailureReport,
  OutcomeReport,
  Report,
} from './reports';
import { Suppressions } from './Suppressions';
import { afterFailure, afterReplay } from './transitions';

/** What recording a batch changed. */
export interface RecordedReports {
  /** reports that were news */
  applied: number;
  /** of the final failures: those that were known already */
  repeated: number;
  /** bulk replays that ended with this batch */
  endedBulks: string[];
}

class Batch {
  private readonly changed = new Set<string>();
  private readonly counts = new CountDeltas();
  private readonly bulks = new BulkCounters(REPLAY_BULKS);
  private readonly attempts: Array<Record<string, string | number>> = [];
  private readonly payloads = new Map<string, string>();
  private readonly endpoints = new Map<string, EndpointReport>();
  private readonly endedReplays: ReplayRow[] = [];

  private constructor(
    private readonly failures: Map<string, FailureRow>,
    private readonly replays: Map<string, ReplayRow>,
    private readonly suppressions: Suppressions,
  ) {}

  static async load(trx: Knex.Transaction, reports: Report[]): Promise<Batch> {
    const failed = reports.filter(
      (r): r is FailureReport => r.kind === 'failure',
    );
    const commandIds = reports
      .filter((r): r is OutcomeReport => r.kind === 'replay')
      .map(r => r.commandId);
    const replays = await REPLAYS.byIds(trx, commandIds);
    const ids = new Set([
      ...failed.map(failureId),
      ...replays.map(r => r.failure_id),
    ]);
    const failures = await FAILURES.byIds(trx, [...ids]);
    return new Batch(
      new Map(failures.map(row => [row.id, row])),
      new Map(replays.map(row => [row.id, row])),
      await Suppressions.load(
        trx,
        failed.map(r => r.tenant),
      ),
    );
  }

  /** @returns whether it was news */
  failed(report: FailureReport): boolean {
    const id = failureId(report);
    const known = this.failures.get(id);
    const suppressedBy = this.suppressions.match(report);
    const next = afterFailure(known, report, id, suppressedBy);
    if (!next) return false;
    if (known) this.counts.add(known, -1);
    else this.payloads.set(id, storable(JSON.stringify(report.payload)));
    if (suppressedBy) this.suppressions.count(suppressedBy);
    this.counts.add(next, 1);
    this.counts.failed(next);
    this.keep(next, report.attempts);
    return true;
  }

  /** @returns whether it was news: a replay ends once */
  ended(report: OutcomeReport): boolean {
    const replay = this.replays.get(report.commandId);
    const active: readonly string[] = ACTIVE_REPLAY_STATES;
    if (!replay || !active.includes(replay.state)) return false;
    const known = this.failures.get(replay.failure_id);
    if (!known) return false;
    const next = afterReplay(known, report);
    this.counts.move(known, next);
    if (report.outcome === 'failed') this.counts.failed(next);
    this.keep(next, report.attempts);
    replay.state = report.outcome;
    replay.ended_at = report.at;
    replay.message = report.message ?? null;
    this.endedReplays.push(replay);
    this.bulks.add(replay.bulk_id, report.outcome);
    return true;
  }

  endpoint(report: EndpointReport): void {
    const key = [report.source, report.tenant, report.endpoint].join('\0');
    const known = this.endpoints.get(key);
    if (!known || known.since <= report.since) this.endpoints.set(key, report);
  }

  private keep(row: FailureRow, attempts: WebhookAttempt[]): void {
    this.failures.set(row.id, {
      ...row,
      error_message: storable(row.error_message),
    });
    this.changed.add(row.id);
    for (const attempt of attempts) {
      this.attempts.push({
        failure_id: row.id,
        n: attempt.n,
        at: Date.parse(attempt.at),
        attempt: storable(JSON.stringify(attempt)),
      });
    }
  }

  /** @returns bulk replays that ended */
  async write(trx: Knex.Transaction): Promise<string[]> {
    await upsert(
      trx,
      FAILURES,
      ['id'],
      [...this.changed].map(id => ({ ...this.failures.get(id)! })),
    );
    await upsert(
      trx,
      {
        name: 'webhook_payloads',
        columns: { failure_id: 'text', payload: 'text' },
      },
      ['failure_id'],
      [...this.payloads].map(([failure_id, payload]) => ({
        failure_id,
        payload,
      })),
      [],
    );
    await upsert(
      trx,
      {
        name: 'webhook_attempts',
        columns: {
          failure_id: 'text',
          n: 'int',
          at: 'bigint',
          attempt: 'text',
        },
      },
      ['failure_id', 'n'],
      this.attempts,
      [],
    );
    await this.counts.write(trx);
    await this.suppressions.write(trx);
    await upsert(
      trx,
      ENDPOINTS,
      ['source', 'tenant', 'endpoint'],
      [...this.endpoints.values()].map(({ error, ...report }) =>
        ENDPOINTS.write({
          ...report,
          error: error && storable(JSON.stringify(error)),
        }),
      ),
    );
    await upsert(
      trx,
      REPLAYS,
      ['id'],
      this.endedReplays.map(row => ({ ...row })),
      ['state', 'ended_at', 'message'],
    );
    return this.bulks.write(trx);
  }
}

/**
 * Writes reports, in batches. The changes of a batch are computed in memory and written in a
 * handful of statements. A repeated report changes nothing: attempts are numbered, and a replay
 * ends once.
 */
export class WebhookRecorder implements Recorder<Report, RecordedReports> {
  /** within this process batches wait here rather than on a connection each */
  private readonly turn = inTurn();

  constructor(private readonly knex: Knex) {}

  record(reports: Report[]): Promise<RecordedReports> {
    return this.turn(() =>
      this.knex.transaction(trx => recordBatch(trx, reports)),
    );
  }
}

async function recordBatch(
  trx: Knex.Transaction,
  reports: Report[],
): Promise<RecordedReports> {
  await lockFor(trx, LOCKS.webhooks);
  const batch = await Batch.load(trx, reports);
  let applied = 0;
  let repeated = 0;
  for (const report of reports) {
    if (report.kind === 'endpoint') batch.endpoint(report);
    else if (report.kind === 'replay') applied += Number(batch.ended(report));
    else if (batch.failed(report)) applied += 1;
    else repeated += 1;
  }
  const endedBulks = await batch.write(trx);
  return { applied, repeated, endedBulks };
}
