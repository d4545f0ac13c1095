import type { Recorder } from '../../jobs/ports';

/** Refused this often, while the database takes other records, a record is put aside. */
const ROUNDS = 3;
const PAUSE_MS = 500;

interface Suspect<R> {
  id: string;
  record: R;
  error: unknown;
  rounds: number;
}

/**
 * Records that the database refused while it took others. A single refusal proves nothing (a
 * time-out, a dead-lock), and a record put aside wrongly is a run lost: so each is tried again
 * alone, and its refusal counts only if a record known to be good is taken right after.
 */
export class Suspects<R, B> {
  /** A record that was taken; recording it again is no news, but shows that the database works. */
  probe?: R;
  private readonly byId = new Map<string, Suspect<R>>();
  private lastRound = 0;

  constructor(private readonly recorder: Recorder<R, B>) {}

  get size(): number {
    return this.byId.size;
  }

  has(id: string): boolean {
    return this.byId.has(id);
  }

  add(id: string, record: R, error: unknown) {
    if (!this.has(id)) this.byId.set(id, { id, record, error, rounds: 1 });
  }

  forget(ids: string[]) {
    for (const id of ids) this.byId.delete(id);
  }

  /**
   * One more round. What is returned is settled once the caller has put it away and calls {@link
   * Suspects.forget}.
   */
  async settle(): Promise<{
    recorded: Array<{ id: string; batch: B }>;
    refused: Array<{ id: string; record: R; why: string }>;
  }> {
    const recorded: Array<{ id: string; batch: B }> = [];
    if (Date.now() - this.lastRound >= PAUSE_MS) {
      this.lastRound = Date.now();
      for (const suspect of [...this.byId.values()]) {
        if (suspect.rounds >= ROUNDS) continue;
        try {
          const batch = await this.recorder.record([suspect.record]);
          recorded.push({ id: suspect.id, batch });
        } catch (error) {
          if (!(await this.databaseWorks())) break;
          suspect.error = error;
          suspect.rounds += 1;
        }
      }
    }
    const refused = [...this.byId.values()]
      .filter(suspect => suspect.rounds >= ROUNDS)
      .map(({ id, record, error }) => ({ id, record, why: String(error) }));
    return { recorded, refused };
  }

  private async databaseWorks(): Promise<boolean> {
    if (!this.probe) return false;
    try {
      await this.recorder.record([this.probe]);
      return true;
    } catch {
      return false; // then a refusal says nothing about the record
    }
  }
}
