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
  private readonly own: QueuePlace;

  constructor(
    redis: OperationsRedis,
    private readonly observed: ObservedQueues[],
    private readonly logger: Pick<LoggerService, 'warn'>,
  ) {
    this.own = { redis, prefix: redis.queuePrefix };
  }

  of(entry: ObservedQueues): QueuePlace {
    const prefix = entry.prefix ?? this.own.prefix;
    if (!entry.connection) return { redis: this.own.redis, prefix };
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
    return entry ? this.of(entry) : this.own;
  }

  close() {
    for (const redis of this.connections.values()) redis.close();
    this.connections.clear();
  }
}
