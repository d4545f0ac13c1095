import type { AuditCheckpoint } from '@craft-easy/backstage-plugin-operations-common';
import type { AuditReader } from './AuditReader';
import type { CheckpointKeys } from './checkpoints/CheckpointKeys';
import type { CheckpointService } from './checkpoints/CheckpointService';
import type { CheckpointStore } from './checkpoints/CheckpointStore';
import type { TrailMemory } from './TrailMemory';

/**
 * Looks whether the trail still holds what this process remembers, and what the newest checkpoint
 * says. That costs three rows, whatever the size of the trail; `verification.ts` walks all of it.
 */
export class TrailWatch {
  private newestKept: AuditCheckpoint | undefined;

  constructor(
    private readonly options: {
      memory: TrailMemory;
      reader: Pick<AuditReader, 'head' | 'row'>;
      keys: Pick<CheckpointKeys, 'verify'>;
      store: Pick<CheckpointStore, 'start'>;
      checkpoints: Pick<CheckpointService, 'known'>;
    },
  ) {}

  /** Reads the checkpoints that earlier processes have left. */
  async begin(): Promise<void> {
    const { checkpoints, keys } = this.options;
    for (const one of await checkpoints.known()) {
      if (one.sequence <= (this.newestKept?.sequence ?? 0)) continue;
      if (keys.verify(one) === 'good') this.newestKept = one;
    }
  }

  async look(): Promise<void> {
    const { memory, reader, store } = this.options;
    const start = (await store.start())?.sequence ?? 0;
    const { remembered } = memory;
    if (remembered && remembered.sequence <= start) memory.clear();
    const kept = this.newestKept;
    if (kept && kept.sequence > start) {
      const row = await reader.row(kept.sequence);
      if (row?.hash !== kept.hash) {
        memory.note(
          `the checkpoint signed at ${kept.at} knows ${
            row ? 'another' : 'a'
          } row ${
            kept.sequence
          }: the trail was cut short, rewritten or replaced`,
        );
      }
    }
    const seen = memory.remembered;
    const row = seen && (await reader.row(seen.sequence));
    const head = await reader.head();
    if (head) memory.look(seen, row, head);
    else memory.note('the note of where the trail ends is gone');
  }
}
