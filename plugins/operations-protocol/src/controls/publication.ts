/*
 * How a control gets from the portal to every process of the platform, and stays right.
 *
 * Controls are rate-limit overrides, flags and maintenance windows. The portal's database
 * decides what they are; Redis holds a copy per kind, and each platform process holds a copy of
 * that in its memory (`Controls` of the SDK). Requests read the memory only. A control must act
 * within a second, end on time although nothing else works, and never come back after its end.
 *
 * - Revisions. Each change of a kind gets the next revision of that kind in the database. The
 *   script below writes the changed records, the revision and the message in one step, so that
 *   the order of messages is the order of writes. It refuses to write an older revision over a
 *   newer one.
 * - Messages. A message says from which revision (`base`) to which one it leads, and carries
 *   the records. A reader at `base` applies it; a reader that is ahead ignores it; any other
 *   has missed something and reads the whole kind.
 * - Polling. A message may be lost: pub/sub promises nothing. Every second a reader compares
 *   the revisions, one command for all kinds, and reads the whole where its own is smaller.
 * - Flushes. When Redis has lost its data, the revision there is below the writer's `base`. The
 *   script then does nothing and answers 0, and the portal publishes everything. Readers keep
 *   what they know meanwhile: a smaller revision never takes anything away from them.
 * - Starts and ends. Every record carries its own times, which the reader compares with its
 *   clock. No message announces an end, and a record in Redis expires by itself. So a control
 *   ends on time while the portal and Redis are away.
 */
import type { ProtocolKeys } from '../keys';
import type {
  ControlKind,
  ControlRecord,
  PublishedControlMessage,
} from './published';

/** Most records that one message carries. */
const MAX_RECORDS_PER_MESSAGE = 100;

/**
 * Writes records and publishes them, in one atomic step.
 *
 * KEYS: revision, index, then the key of each record to write, then of each to remove.
 * ARGV: base (the revision that the writer found; '0' where there was none), new revision, how many
 * to write, how many to remove, channel, message, then (id, end in epoch ms or 'inf', JSON) of each
 * to write, then the id of each to remove. Answers 1, also where somebody published a later
 * revision before, which holds this one too; or 0 without having done anything, where the revision
 * is below the base: Redis was flushed meanwhile, and everything must be published. A record that
 * has ended is removed by its own expiry; taking it out of the index is tidying.
 */
export const PUBLISH_CONTROLS_LUA = `
local current = tonumber(redis.call('GET', KEYS[1]) or '0')
local base = tonumber(ARGV[1])
local revision = tonumber(ARGV[2])
if current < base then return 0 end
if current > revision then return 1 end
local writes = tonumber(ARGV[3])
local removals = tonumber(ARGV[4])
local at = 7
for i = 1, writes do
  local key = KEYS[2 + i]
  redis.call('ZADD', KEYS[2], ARGV[at + 1], ARGV[at])
  redis.call('SET', key, ARGV[at + 2])
  if ARGV[at + 1] ~= 'inf' then redis.call('PEXPIREAT', key, ARGV[at + 1]) end
  at = at + 3
end
for i = 1, removals do
  redis.call('ZREM', KEYS[2], ARGV[at])
  redis.call('DEL', KEYS[2 + writes + i])
  at = at + 1
end
if revision > current then redis.call('SET', KEYS[1], ARGV[2]) end
redis.call('PUBLISH', ARGV[5], ARGV[6])
return 1
`;

/** What is published in one step. */
export interface Publication {
  kind: ControlKind;
  /** the revision that Redis was found at */
  base: number;
  revision: number;
  records: readonly ControlRecord[];
  removed: readonly string[];
}

/**
 * Keys and arguments of {@link PUBLISH_CONTROLS_LUA} for a publication.
 */
export function publicationArguments(
  keys: ProtocolKeys,
  publication: Publication,
): { keys: string[]; args: string[] } {
  const { kind, base, revision, records, removed } = publication;
  const message: PublishedControlMessage = { kind, base, revision };
  if (records.length + removed.length <= MAX_RECORDS_PER_MESSAGE) {
    message.records = [...records];
    message.removed = [...removed];
  }
  return {
    keys: [
      keys.controlsRevision(kind),
      keys.controlsIndex(kind),
      ...records.map(record => keys.control(kind, record.id)),
      ...removed.map(id => keys.control(kind, id)),
    ],
    args: [
      `${base}`,
      `${revision}`,
      `${records.length}`,
      `${removed.length}`,
      keys.controlsChannel,
      JSON.stringify(message),
      ...records.flatMap(record => [
        record.id,
        record.endsAt ? `${Date.parse(record.endsAt)}` : 'inf',
        JSON.stringify(record),
      ]),
      ...removed,
    ],
  };
}
