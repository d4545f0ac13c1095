import type { ProtocolKeys } from '../keys';
import { MAX_RECORDS_PER_MESSAGE } from './inForce';
import type {
  ControlKind,
  ControlRecord,
  PublishedControlMessage,
} from './published';

/**
 * Writes records and tells of them, in one atomic step.
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
