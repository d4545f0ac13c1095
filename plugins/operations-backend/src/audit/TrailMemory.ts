import { iso } from '../lib/time';

/** The end of the trail at some time. */
export interface SeenHead {
  sequence: number;
  hash: string;
}

/**
 * The newest row of the trail that this process has seen. Somebody who cuts the trail, or puts an
 * older database in its place, cannot change what a living process remembers: it notices at the
 * next row, and at the next look. From then on it keeps what it had seen as evidence.
 */
export class TrailMemory {
  private newest: (SeenHead & { at: number }) | undefined;
  private changed: string | undefined;

  constructor(
    private readonly options: {
      /** called once, with a sentence */
      onChanged?(why: string): void;
      /** this process has added rows */
      onGrown?(sequence: number): void;
      now?: () => number;
    } = {},
  ) {}

  /** How the trail was found to be another than this process had seen. */
  get problem(): string | undefined {
    return this.changed;
  }

  /** The newest row that this process has seen, and since when. */
  get remembered(): (SeenHead & { since: string }) | undefined {
    if (!this.newest) return undefined;
    const { sequence, hash, at } = this.newest;
    return { sequence, hash, since: iso(at) };
  }

  /** Compares where the trail ends with what was seen. */
  compare(head: SeenHead, seen: SeenHead | undefined = this.newest): void {
    if (!seen) return;
    const { sequence, hash } = seen;
    if (head.sequence < sequence) {
      this.note(
        `this process has seen ${sequence} rows, and the trail ends at row ${head.sequence}: it was cut short or replaced`,
      );
    } else if (head.sequence === sequence && head.hash !== hash) {
      this.note(anotherRow(sequence));
    }
  }

  /**
   * Compares the row which the trail holds where this process had seen its end, and remembers the
   * present end if that row is as it was.
   *
   * @param seen - what was remembered before `row` and `head` were read: rows may be added then
   * @param row - undefined where the trail has none
   */
  look(
    seen: SeenHead | undefined,
    row: SeenHead | undefined,
    head: SeenHead,
  ): void {
    this.compare(head, seen);
    if (seen && row?.hash !== seen.hash) this.note(anotherRow(seen.sequence));
    this.remember(head);
  }

  /** Rows of this process were committed: the trail ended at `from` before, and at `head` now. */
  added(from: SeenHead, head: SeenHead): void {
    // After rows of another replica, the next look compares before this process remembers more.
    if ((this.newest?.sequence ?? from.sequence) === from.sequence) {
      this.remember(head);
    }
    this.options.onGrown?.(head.sequence);
  }

  /** The row that was seen was pruned. */
  clear(): void {
    this.newest = undefined;
  }

  /** The trail is not what it was: something else than the newest row shows it. */
  note(why: string): void {
    if (this.changed) return;
    this.changed = why;
    this.options.onChanged?.(why);
  }

  private remember(head: SeenHead): void {
    if (this.changed || head.sequence === 0) return;
    if (head.sequence <= (this.newest?.sequence ?? 0)) return;
    this.newest = { ...head, at: (this.options.now ?? Date.now)() };
  }
}

function anotherRow(sequence: number): string {
  return `this process has seen another row ${sequence}: the trail was cut short, rewritten or replaced`;
}
