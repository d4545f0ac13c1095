import { quantile } from './quantile';

const SAMPLES = 21;
const ENOUGH = 5;
/** What measures as nothing is not free: a command is read, looked up and answered. */
const LEAST_MS = 0.0002;

/**
 * What a key costs the server in one kind of call, in milliseconds of its time; a guess until
 * enough calls were measured.
 */
export class Price {
  private readonly samples: number[] = [];

  constructor(private readonly guessMs: number) {}

  /** @param ms - how long the server was busy with a call */
  note(ms: number, keys: number): void {
    this.samples.push(Math.max(LEAST_MS, ms / keys));
    if (this.samples.length > SAMPLES) this.samples.shift();
  }

  get msPerKey(): number {
    if (this.samples.length < ENOUGH) return this.guessMs;
    return quantile(this.samples, 0.5)!;
  }
}
