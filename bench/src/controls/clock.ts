/** What a reader tells its parent: when it knew, and of which value. */
export interface ReaderMessage {
  at: number;
  value?: unknown;
}

/** Milliseconds of the machine's own clock: the same in every process, and never set. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
