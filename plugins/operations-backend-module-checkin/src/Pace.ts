/** Too many reports (429); `Retry-After` says when the next one is taken. */
class TooManyReportsError extends Error {
  override readonly name = 'TooManyReportsError';
  readonly statusCode = 429;

  constructor(
    job: string,
    perMinute: number,
    readonly retryAfterSeconds: number,
  ) {
    super(
      `The job ${job} may report ${perMinute} times a minute; try again in ${retryAfterSeconds} s`,
    );
  }
}

const MINUTE_MS = 60_000;
/** Jobs that are remembered; beyond them those whose reports are all paid off are forgotten. */
const MAX_JOBS = 50_000;

/**
 * Limits how often each subject reports for a job (GCRA): a minute's worth may come at once, and
 * further reports at an even pace. In memory: it protects this replica from a line that runs amok,
 * and costs nothing.
 */
export class Pace {
  private readonly paidOffAt = new Map<string, number>();

  constructor(
    private readonly perMinute: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws TooManyReportsError */
  count(job: string, subject: string): void {
    const key = `${subject}\n${job}`;
    const now = this.now();
    const each = MINUTE_MS / this.perMinute;
    const next = Math.max(this.paidOffAt.get(key) ?? 0, now) + each;
    if (next > now + MINUTE_MS) {
      const seconds = Math.ceil((next - now - MINUTE_MS) / 1000);
      throw new TooManyReportsError(job, this.perMinute, Math.max(1, seconds));
    }
    this.paidOffAt.set(key, next);
    if (this.paidOffAt.size > MAX_JOBS) this.dropPaidOff(now);
  }

  private dropPaidOff(now: number) {
    for (const [key, at] of this.paidOffAt) {
      if (at <= now) this.paidOffAt.delete(key);
    }
    // all of them report at this moment: what is forgotten is a minute's count
    if (this.paidOffAt.size > MAX_JOBS) this.paidOffAt.clear();
  }
}
