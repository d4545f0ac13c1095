import { script } from '../redis/script';

/**
 * What a window counts, once for Redis and once for a process: requests that were *admitted*. A
 * refused one leaves no trace, so that a raised limit lets a client pass at once, however often the
 * client was refused before. What is admitted under an override is counted for that override: it
 * begins with what the window has admitted by the normal limit, and when the override ends, the
 * client has the whole normal limit again.
 */

/** Field of a window for what was admitted by the normal limit. */
export const NORMAL = 'normal';

/** Field of a window for what was admitted under an override. */
export function fieldOfOverride(id: string): string {
  return `override:${id}`;
}

/** How a client stands after a request. */
export interface Count {
  allowed: boolean;
  /** requests admitted in this window, the one that was asked for included */
  admitted: number;
  /** ms until the window ends */
  leftMs: number;
}

/**
 * KEYS: a client's window, a hash. ARGV: limit, seconds of the window, field. Answers: 1 or 0
 * (admitted or refused), how many were admitted, milliseconds until the window ends.
 */
export const TAKE = script(`
local admitted = redis.call('HGET', KEYS[1], ARGV[3])
if not admitted and ARGV[3] ~= '${NORMAL}' then
  admitted = redis.call('HGET', KEYS[1], '${NORMAL}')
  if admitted then
    redis.call('HSET', KEYS[1], ARGV[3], admitted)
    redis.call('HDEL', KEYS[1], '${NORMAL}')
  end
end
admitted = tonumber(admitted or 0)
local allowed = admitted < tonumber(ARGV[1])
if allowed then admitted = redis.call('HINCRBY', KEYS[1], ARGV[3], 1) end
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  left = 1000 * ARGV[2]
  redis.call('PEXPIRE', KEYS[1], left)
end
return {allowed and 1 or 0, admitted, left}
`);

const SWEEP_AT = 1_000;

/** The windows of one process, for as long as Redis cannot be asked. */
export class OwnWindows {
  private readonly windows = new Map<
    string,
    { endsAt: number; admitted: Map<string, number> }
  >();
  private sweepAt = SWEEP_AT;

  take(
    key: string,
    limit: number,
    windowSeconds: number,
    field: string,
  ): Count {
    const now = performance.now();
    let window = this.windows.get(key);
    if (!window || window.endsAt <= now) {
      window = { endsAt: now + windowSeconds * 1000, admitted: new Map() };
      this.windows.set(key, window);
      if (this.windows.size >= this.sweepAt) this.sweep(now);
    }
    let admitted = window.admitted.get(field);
    if (admitted === undefined) {
      admitted = window.admitted.get(NORMAL) ?? 0;
      window.admitted.delete(NORMAL);
    }
    const allowed = admitted < limit;
    if (allowed) admitted += 1;
    window.admitted.set(field, admitted);
    return { allowed, admitted, leftMs: Math.ceil(window.endsAt - now) };
  }

  /** Clears what was admitted by the normal limit. */
  clearNormal(key: string): void {
    this.windows.get(key)?.admitted.delete(NORMAL);
  }

  /** Takes out what has ended; again when there are twice as many as it left. */
  private sweep(now: number): void {
    for (const [key, { endsAt }] of this.windows) {
      if (endsAt <= now) this.windows.delete(key);
    }
    this.sweepAt = Math.max(SWEEP_AT, 2 * this.windows.size);
  }
}
