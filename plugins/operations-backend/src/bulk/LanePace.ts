/** An item that waits for its turn. */
export interface Waiting {
  id: string;
  /** items per second of its lane; undefined: it belongs to no bulk action, and goes at once */
  rate?: number;
}

interface Lane {
  /** items that may go now; fractions gather */
  tokens: number;
  filledAt: number;
  /** how many went in the last second, and when */
  recent: Array<{ at: number; n: number; delayable: boolean }>;
  /** read ahead, so that a tick costs no query per lane */
  waiting: Waiting[];
  /** the last look found nothing */
  emptyUntil: number;
}

const READ_AHEAD = 500;
/**
 * A lane may have this many items under way, or as many as its rate allows in ten seconds. The rest
 * wait in the database, where they can be stopped, and not on the platform, where a slow receiver
 * or worker would hold them up.
 */
const LEAST_UNDER_WAY = 20;
const SECONDS_UNDER_WAY = 10;

/** Decides which items of a lane may have their turn now. Pure but for `read`. */
export class LanePace {
  private readonly lanes = new Map<string, Lane>();

  /** Deletes lanes in which nothing waits. */
  keepOnly(names: Iterable<string>): void {
    const kept = new Set(names);
    for (const name of this.lanes.keys()) {
      if (!kept.has(name)) this.lanes.delete(name);
    }
    for (const lane of this.lanes.values()) lane.emptyUntil = 0;
  }

  /** Drops what was read ahead: some of it was stopped. */
  dropWaiting(): void {
    for (const lane of this.lanes.values()) {
      lane.waiting = [];
      lane.emptyUntil = 0;
    }
  }

  /** What was taken last has had its turn only now: the second that it counts for begins here. */
  delayed(now: number): void {
    for (const { recent } of this.lanes.values()) {
      for (const turn of recent) {
        if (turn.delayable) Object.assign(turn, { at: now, delayable: false });
      }
    }
  }

  /**
   * Ids whose turn it is: in no second more than the rate, rounded up.
   * @param read - the next that wait, in order
   */
  async take(
    name: string,
    state: { now: number; underWay: number; most: number },
    read: (limit: number) => Promise<Waiting[]>,
  ): Promise<string[]> {
    const lane = this.lanes.get(name) ?? {
      tokens: 1,
      filledAt: state.now,
      recent: [],
      waiting: [],
      emptyUntil: 0,
    };
    this.lanes.set(name, lane);
    if (lane.waiting.length === 0) {
      if (lane.emptyUntil > state.now) return [];
      lane.waiting = await read(READ_AHEAD);
      if (lane.waiting.length === 0) {
        lane.emptyUntil = state.now + 1_000;
        return [];
      }
    }
    const rate = lane.waiting.find(w => w.rate !== undefined)?.rate ?? 1;
    const seconds = (state.now - lane.filledAt) / 1000;
    // no more tokens than for a second: a pause must not end in a burst
    lane.tokens = Math.min(lane.tokens + seconds * rate, Math.max(1, rate));
    lane.filledAt = state.now;
    const window = Math.max(LEAST_UNDER_WAY, rate * SECONDS_UNDER_WAY);
    lane.recent = lane.recent.filter(({ at }) => at > state.now - 1_000);
    const lastSecond = lane.recent.reduce((sum, { n }) => sum + n, 0);
    const n = Math.max(
      0,
      Math.min(
        Math.floor(lane.tokens),
        Math.ceil(rate) - lastSecond,
        Math.floor(window - state.underWay),
        state.most,
      ),
    );
    const turn = lane.waiting.splice(0, n);
    lane.tokens -= turn.length;
    if (turn.length) {
      lane.recent.push({ at: state.now, n: turn.length, delayable: true });
    }
    return turn.map(waiting => waiting.id);
  }
}
