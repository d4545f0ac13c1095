import type { LoggerService } from '@backstage/backend-plugin-api';
import { createOperationsRedis } from '@craft-easy/backstage-plugin-operations-node/internal';
import type {
  EngineJobRef,
  OperationsRedis,
} from '@craft-easy/backstage-plugin-operations-node';
import { fits, jobNameOf, type ObservedQueues } from './settings';

/** Where a queue is: on which server, under which prefix. */
export interface QueuePlace {
  redis: OperationsRedis;
  prefix: string;
}

/**
 * Where each queue is: those that the platform declares on the platform's server, foreign ones on
 * the server that the config names.
 */
export class Sources {
  private readonly connections = new Map<ObservedQueues, OperationsRedis>();

  constructor(
    private readonly own: OperationsRedis,
    private readonly observed: ObservedQueues[],
    private readonly logger: Pick<LoggerService, 'warn'>,
  ) {}

  /** On a cluster a foreign queue has braces of its owner's, and none of ours. */
  of(entry: ObservedQueues): QueuePlace {
    const prefix = entry.prefix ?? this.own.queuePrefix;
    if (!entry.connection) return { redis: this.own, prefix };
    let redis = this.connections.get(entry);
    if (!redis) {
      redis = createOperationsRedis(entry.connection, this.logger);
      this.connections.set(entry, redis);
    }
    return { redis, prefix };
  }

  /** Where the queue of a job is. */
  ofJob(job: EngineJobRef): QueuePlace {
    const entry = this.observed.find(
      each => fits(job.queue, each) && jobNameOf(job.queue, each) === job.name,
    );
    return entry
      ? this.of(entry)
      : { redis: this.own, prefix: this.own.queuePrefixOf(job.queue) };
  }

  close() {
    for (const redis of this.connections.values()) redis.close();
    this.connections.clear();
  }
}
