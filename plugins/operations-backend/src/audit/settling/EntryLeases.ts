import type { OpenEntries } from './OpenEntries';

/** How often a process says that it still works on its entries. */
const BEAT_MS = 1_000;

/**
 * Says for as long as this process works on an entry of the trail that it lives, so that nobody
 * settles the entry meanwhile. Most actions have ended before the first beat.
 */
export class EntryLeases {
  private readonly held = new Set<string>();
  private beating: NodeJS.Timeout | undefined;

  constructor(private readonly entries: Pick<OpenEntries, 'beat'>) {}

  async hold<T>(entryId: string, work: () => Promise<T>): Promise<T> {
    this.held.add(entryId);
    this.beating ??= setInterval(() => this.beat(), BEAT_MS).unref();
    try {
      return await work();
    } finally {
      this.held.delete(entryId);
      if (!this.held.size) {
        clearInterval(this.beating);
        this.beating = undefined;
      }
    }
  }

  private beat(): void {
    // Where the database is away, nobody else can settle the entries either.
    this.entries.beat([...this.held]).catch(() => {});
  }
}
