import type {
  ControlRecord,
  PublishedControlMessage,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';

/** Called after records of a kind were added, replaced or removed. */
export type ChangeListener = (changedIds: readonly string[]) => void;

/**
 * This process's copy of one kind of published controls. It only ever moves forward: a revision
 * that is missing or smaller than its own (Redis was flushed, or an old dump restored) leaves it as
 * it is, since what it knows is younger than what Redis holds.
 * @public
 */
export class ControlState<T extends ControlRecord> {
  readonly records = new Map<string, T>();
  revision = 0;
  private readonly listeners = new Set<ChangeListener>();

  constructor(
    private readonly parse: (json: unknown) => T,
    private readonly onError: (error: Error) => void,
  ) {}

  onChange(listener: ChangeListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Takes the whole of a revision in place of its own. */
  replace(revision: number, jsons: readonly unknown[]): void {
    if (revision < this.revision) return;
    const next = new Map<string, T>();
    for (const json of jsons) {
      const record = this.read(json);
      if (record) next.set(record.id, record);
    }
    const changed: string[] = [];
    for (const [id, record] of next) {
      if (this.records.get(id)?.revision !== record.revision) changed.push(id);
    }
    for (const id of this.records.keys()) if (!next.has(id)) changed.push(id);
    this.records.clear();
    for (const [id, record] of next) this.records.set(id, record);
    this.revision = revision;
    this.notify(changed);
  }

  /**
   * Applies a message.
   * @returns false if it does not follow from what is known, and the whole has to be read
   */
  apply(message: PublishedControlMessage): boolean {
    if (message.revision <= this.revision) return true;
    if (message.base !== this.revision || !message.records) return false;
    const changed: string[] = [];
    for (const json of message.records) {
      const record = this.read(json);
      if (!record) continue;
      this.records.set(record.id, record);
      changed.push(record.id);
    }
    for (const id of message.removed ?? []) {
      if (this.records.delete(id)) changed.push(id);
    }
    this.revision = message.revision;
    this.notify(changed);
    return true;
  }

  private read(json: unknown): T | undefined {
    try {
      return this.parse(json);
    } catch (error) {
      // one record that is not understood must not take the others with it
      this.onError(
        new Error(`a published control is not understood: ${error}`),
      );
      return undefined;
    }
  }

  private notify(changed: readonly string[]): void {
    if (changed.length === 0) return;
    for (const listener of this.listeners) listener(changed);
  }
}
