import { subjectKey } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type {
  OverrideLimit,
  OverrideSubject,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { RateLimitOverrideRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import type { Knex } from 'knex';
import {
  inForceOf,
  timedColumns,
  TimedControlStore,
  type NewControl,
} from '../controls/TimedControlStore';
import { json, optional, Table, text, type RowOf } from '../lib/table';

const OVERRIDES = new Table('rate_limit_overrides', {
  ...timedColumns,
  subject: json<OverrideSubject>(),
  limit: json<OverrideLimit>(),
  limiter: optional(text()),
});

export type StoredOverride = RowOf<typeof OVERRIDES>;
export type NewOverride = NewControl<StoredOverride>;
export type OverrideStore = TimedControlStore<StoredOverride>;

/** Overrides of rate limits: one per subject and limiter at a time. */
export function createOverrideStore(knex: Knex): OverrideStore {
  const exclusive = ({ subject, limiter }: NewOverride) => ({
    subject_key: subjectKey(subject),
    limiter: limiter ?? null,
  });
  return new TimedControlStore(knex, {
    kind: 'rate-limits',
    table: {
      name: OVERRIDES.name,
      read: OVERRIDES.read,
      write: control => ({
        ...OVERRIDES.write(control),
        ...exclusive(control),
      }),
    },
    list: { name: 'overrides', by: 'ends_at' },
    record: recordOf,
    exclusive,
  });
}

function recordOf(override: StoredOverride): RateLimitOverrideRecord {
  const { id, revision, subject, limit, limiter } = override;
  return {
    v: 1,
    id,
    revision,
    subject,
    limit,
    limiter,
    ...inForceOf(override),
  };
}
