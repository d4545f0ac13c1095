import type { Recorder } from '../../jobs/ports';
import { isOfDatabase } from '../../lib/faults';

/** A record is rejected after this many refusals, each while the database takes other records. */
const ATTEMPTS = 3;
const PAUSE_MS = 500;

interface Refused<R> {
  id: string;
  record: R;
  error: unknown;
  attempts: number;
}

/**
 * Records that the database refused while it took others. One refusal proves nothing: it may be a
 * time-out or a deadlock, and a record that is rejected by mistake is lost. So each is tried again
 * alone, and its refusal counts only if it does not speak of the database's own state, and the
 * database takes a good record right after.
 */
export class RefusedRecords<R, B> {
  /**
   * a record that was taken: to record it again changes nothing, but shows that the database works
   */
  probe?: R;
  private readonly byId = new Map<string, Refused<R>>();
  private lastRetry = 0;

  constructor(private readonly recorder: Recorder<R, B>) {}

  get size(): number {
    return this.byId.size;
  }

  has(id: string): boolean {
    return this.byId.has(id);
  }

  add(id: string, record: R, error: unknown) {
    if (!this.has(id)) this.byId.set(id, { id, record, error, attempts: 1 });
  }

  delete(ids: string[]) {
    for (const id of ids) this.byId.delete(id);
  }

  /** Tries each record once more. The caller deletes what it has acknowledged. */
  async retry(): Promise<{
    recorded: Array<{ id: string; batch: B }>;
    rejected: Array<{ id: string; record: R; why: string }>;
  }> {
    const recorded: Array<{ id: string; batch: B }> = [];
    if (Date.now() - this.lastRetry >= PAUSE_MS) {
      this.lastRetry = Date.now();
      for (const refused of [...this.byId.values()]) {
        if (refused.attempts >= ATTEMPTS) continue;
        try {
          const batch = await this.recorder.record([refused.record]);
          recorded.push({ id: refused.id, batch });
        } catch (error) {
          if (isOfDatabase(error) || !(await this.databaseWorks())) break;
          refused.error = error;
          refused.attempts += 1;
        }
      }
    }
    const rejected = [...this.byId.values()]
      .filter(refused => refused.attempts >= ATTEMPTS)
      .map(({ id, record, error }) => ({ id, record, why: String(error) }));
    return { recorded, rejected };
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
