import type { EndpointKey, Waiting } from './ReplayQueue';

interface Endpoint {
  /** replays that may go now; fractions gather */
  tokens: number;
  filledAt: number;
  /** read ahead, so that a tick costs no query per endpoint */
  waiting: Waiting[];
  /** the last look found nothing */
  emptyUntil: number;
}

const READ_AHEAD = 500;
/**
 * An endpoint may have this many replays under way, or as many as its rate allows in ten seconds.
 * The rest wait in the database, not on the platform, where a slow receiver would hold them up.
 */
const LEAST_UNDER_WAY = 20;
const SECONDS_UNDER_WAY = 10;

/** Decides which replays of an endpoint may be sent now. Pure but for `read`. */
export class EndpointPace {
  private readonly endpoints = new Map<string, Endpoint>();

  /** Deletes endpoints for which nothing waits. */
  keepOnly(keys: EndpointKey[]): void {
    const names = new Set(keys.map(nameOf));
    for (const name of this.endpoints.keys()) {
      if (!names.has(name)) this.endpoints.delete(name);
    }
    for (const endpoint of this.endpoints.values()) endpoint.emptyUntil = 0;
  }

  /**
   * Ids whose turn it is.
   * @param read - the next that wait, in order
   */
  async take(
    key: EndpointKey,
    state: { now: number; underWay: number; most: number },
    read: (limit: number) => Promise<Waiting[]>,
  ): Promise<string[]> {
    const name = nameOf(key);
    const endpoint = this.endpoints.get(name) ?? {
      tokens: 1,
      filledAt: state.now,
      waiting: [],
      emptyUntil: 0,
    };
    this.endpoints.set(name, endpoint);
    if (endpoint.waiting.length === 0) {
      if (endpoint.emptyUntil > state.now) return [];
      endpoint.waiting = await read(READ_AHEAD);
      if (endpoint.waiting.length === 0) {
        endpoint.emptyUntil = state.now + 1_000;
        return [];
      }
    }
    const rate = endpoint.waiting.find(w => w.rate !== undefined)?.rate ?? 1;
    const seconds = (state.now - endpoint.filledAt) / 1000;
    // no more tokens than for a second: a pause must not end in a burst
    endpoint.tokens = Math.min(
      endpoint.tokens + seconds * rate,
      Math.max(1, rate),
    );
    endpoint.filledAt = state.now;
    const window = Math.max(LEAST_UNDER_WAY, rate * SECONDS_UNDER_WAY);
    const n = Math.max(
      0,
      Math.min(
        Math.floor(endpoint.tokens),
        Math.floor(window - state.underWay),
        state.most,
      ),
    );
    const turn = endpoint.waiting.splice(0, n);
    endpoint.tokens -= turn.length;
    return turn.map(waiting => waiting.id);
  }
}

function nameOf(key: EndpointKey): string {
  return JSON.stringify([key.source, key.tenant, key.endpoint]);
}
