/** A bulk action ends at the rate of the last ten seconds. */
export const RATE_OVER_MS = 10_000;

/** How far a bulk action is. */
export interface Progress {
  /** waiting for their turn */
  left: number;
  /** begun and not ended */
  sent: number;
  ratePerSecond: number;
  secondsLeft?: number;
}

/**
 * @param ended - how many items have an outcome
 * @param recent - how many got it in the last {@link RATE_OVER_MS}
 */
export function progressOf(
  bulk: {
    total: number;
    claimed: number;
    neverSent: number;
    createdAt: number;
    endedAt?: number;
  },
  { ended, recent, now }: { ended: number; recent: number; now: number },
): Progress {
  const left = bulk.total - bulk.claimed - bulk.neverSent;
  const running = bulk.endedAt === undefined;
  const seconds = Math.min(RATE_OVER_MS, Math.max(1, now - bulk.createdAt));
  const rate = recent / (seconds / 1000);
  return {
    left,
    sent: bulk.total - left - ended,
    ratePerSecond: Math.round(rate * 10) / 10,
    secondsLeft:
      running && rate > 0 ? Math.ceil((bulk.total - ended) / rate) : undefined,
  };
}
