import type { LoggerService } from '@backstage/backend-plugin-api';
import { jobId } from '@craft-easy/backstage-plugin-operations-protocol';
import type {
  EngineJobRef,
  OperationsRedis,
} from '@craft-easy/backstage-plugin-operations-node';
import type { JobRegistry } from '../../jobs/ports';
import { announced, isAnnounced } from './announced';
import { RegistryReader } from './RegistryReader';

/** The inventory learns at least this often when jobs were last announced. */
const FULL_SYNC_EVERY_MS = 60_000;

export interface RegistrySyncOptions {
  redis: OperationsRedis;
  registry: JobRegistry;
  logger: LoggerService;
  /** epoch ms of the end of Redis' last outage */
  outageEndedAt(): number;
  /** Told of each job that appeared, changed or fell silent. */
  onChanged(jobId: string): void;
}

/** Keeps the inventory in step with what the platform announces. */
export class RegistrySync {
  private readonly reader: RegistryReader;
  private lastSync = 0;
  private lastState = '';
  private declaredQueues: ReadonlySet<string> = new Set();

  constructor(private readonly options: RegistrySyncOptions) {
    this.reader = new RegistryReader(options.redis, (id, why) =>
      options.logger.warn(`The registration of ${id} is not valid: ${why}`),
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
    const { changed } = await registry.syncRegistrations(entries, now);
    this.lastState = state;
    this.lastSync = now;
    changed.forEach(onChanged);
  }
}

function queueId({ engine, queue }: Pick<EngineJobRef, 'engine' | 'queue'>) {
  return `${engine}/${queue}`;
}
