import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import type { Knex } from 'knex';
import type { ActionPace } from './ActionPace';
import type { AuditStore } from './AuditStore';
import { doneEntry } from './entryRows';
import type { Redact } from './redact';
import { refusalRows, type RequestedBy } from './refusals';

/** All that workers report of runs that nobody asked of the portal shares one pace. */
const REPORTED = 'refusals reported by workers';
const NOTICE = 'refusals left out of the trail';

/**
 * Writes what workers refused to the trail, in the transaction that records it. A run that somebody
 * asked of the portal was counted when it was requested. Reports of others come from whoever can
 * write to Redis: beyond the pace they stand in the history of runs alone, and the trail says once
 * a minute that there are more.
 */
export class RefusalTrail {
  constructor(
    private readonly options: {
      store: Pick<AuditStore, 'appendNewIn' | 'appendIn'>;
      redact: Redact;
      /** absent: without a limit */
      pace?: Pick<ActionPace, 'take'>;
    },
  ) {}

  async write(
    trx: Knex.Transaction,
    records: RunRecord[],
    requestedBy: (runId: string) => RequestedBy | undefined,
    now: number,
  ): Promise<void> {
    const refused = records.filter(record => record.state === 'refused');
    if (!refused.length) return;
    const { store, redact, pace } = this.options;
    const own = refused.filter(record => requestedBy(record.id));
    const others = refused.filter(record => !requestedBy(record.id));
    const room = pace
      ? await pace.take(trx, REPORTED, others.length)
      : others.length;
    const rows = [...own, ...others.slice(0, room)];
    await store.appendNewIn(trx, refusalRows(rows, requestedBy, redact, now));
    const left = others.length - room;
    if (left > 0 && (await pace!.take(trx, NOTICE, 1, 1)) === 1) {
      await store.appendIn(
        trx,
        doneEntry({
          at: now,
          actor: 'service:operations',
          action: 'audit.limit',
          target: 'audit',
          reason:
            'Workers report more refusals than may be written: the others stand in the history of runs alone',
          parameters: { leftOut: left, firstRun: others[room].id },
        }),
      );
    }
  }
}
