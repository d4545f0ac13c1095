import type { LoggerService } from '@backstage/backend-plugin-api';
import { jobId } from '@craft-easy/backstage-plugin-operations-protocol';
import type {
  EngineJobRef,
  OperationsRedis,
} from '@craft-easy/backstage-plugin-operations-node';
import { SILENT_AFTER_MS, type JobRegistry } from '../../jobs/ports';
import type { DeclarationDirectory } from './DeclarationDirectory';
import { RegistryReader, type RegistryLook } from './RegistryReader';

/** The inventory learns at least this often when jobs were last announced. */
const FULL_SYNC_EVERY_MS = 60_000;

export interface RegistrySyncOptions {
  redis: OperationsRedis;
  registry: JobRegistry;
  declarations: Pick<DeclarationDirectory, 'look' | 'guardOf'>;
  logger: LoggerService;
  /** epoch ms of the end of Redis' last outage */
  outageEndedAt(): number;
  /** called for each job that appeared, changed or fell silent */
  onChanged(jobId: string): void;
}

/** Keeps the inventory in step with what the platform announces. */
export class RegistrySync {
  private readonly reader: RegistryReader;
  private lastSync = 0;
  private lastState = '';
  private declaredQueues: ReadonlySet<string> = new Set();

  constructor(private readonly options: RegistrySyncOptions) {
    this.reader = new RegistryReader(
      options.redis,
      options.declarations,
      (id, why) =>
        options.logger.warn(`The registration of ${id} is not valid: ${why}`),
      ids => options.registry.registrationsOf(ids),
    );
  }

  /** Whether a declared job has this queue, as of the last look. */
  isDeclared(job: EngineJobRef): boolean {
    return this.declaredQueues.has(queueId(job));
  }

  /** A look, and a sync where anything changed. */
  async look(): Promise<void> {
    const { registry, outageEndedAt, onChanged } = this.options;
    const look = await this.reader.look();
    const now = Date.now();
    const entries = announced(look.registrations, outageEndedAt(), now);
    this.declaredQueues = new Set(entries.map(e => queueId(e.registration)));

    const silent = entries
      .filter(e => !isAnnounced(e.seenAt, now))
      .map(e => jobId(e.registration));
    const state = [look.version, ...silent.sort()].join(' ');
    if (state === this.lastState && now - this.lastSync < FULL_SYNC_EVERY_MS) {
      return;
    }
    await registry.noteUnreadable(look.unreadable, now);
    const { changed } = await registry.syncRegistrations(entries, now);
    this.lastState = state;
    this.lastSync = now;
    changed.forEach(onChanged);
  }
}

function queueId({ engine, queue }: Pick<EngineJobRef, 'engine' | 'queue'>) {
  return `${engine}/${queue}`;
}

type Entry = RegistryLook['registrations'][number];

/**
 * When each job was last announced. While Redis was away no worker could announce anything, so a
 * job that was announced right before an outage counts as announced at its end. A job that had
 * fallen silent before stays silent.
 *
 * @param outageEndedAt - epoch ms; 0 if there was none
 */
export function announced(
  entries: Entry[],
  outageEndedAt: number,
  now: number,
): Entry[] {
  const newest = entries.reduce((max, e) => Math.max(max, e.seenAt), 0);
  const justBack = now - outageEndedAt < SILENT_AFTER_MS;
  return entries.map(entry => {
    // nothing was announced in the future
    const seenAt = Math.min(entry.seenAt, now);
    const wasLive = entry.seenAt > newest - SILENT_AFTER_MS;
    return {
      registration: entry.registration,
      seenAt: justBack && wasLive ? Math.max(seenAt, outageEndedAt) : seenAt,
    };
  });
}

/** Whether a job is announced. */
function isAnnounced(seenAt: number, now: number): boolean {
  return now - seenAt <= SILENT_AFTER_MS;
}
