import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  EngineObserver,
  JobEngine,
  OperationsRedis,
} from '@craft-easy/backstage-plugin-operations-node';
import type {
  JobRegistry,
  LogReader,
  RecordedBatch,
  RunRecorder,
} from '../jobs/ports';
import { HOUR_MS } from '../lib/time';
import type { OnChanged } from './changes';
import type { Lease } from './lease';
import { LostRuns } from './lost/LostRuns';
import { startLoop } from './loop';
import { createObserver } from './observers';
import { trimRequests } from './protocolEngine/protocolEngine';
import type { RedisHealth } from './redisHealth';
import type { DeclarationDirectory } from './registry/DeclarationDirectory';
import { RegistrySync } from './registry/RegistrySync';
import {
  removeDeadWorkers,
  type WorkerDirectory,
} from './registry/WorkerDirectory';
import { isMissing } from './streams/ReportStream';
import type { RunStreams } from './streams/RunStreams';
import type { PlatformTimings } from './timings';

export interface LeaderWorkOptions {
  redis: OperationsRedis;
  logger: LoggerService;
  recorder: RunRecorder;
  registry: JobRegistry;
  logReader: LogReader;
  health: RedisHealth;
  workers: WorkerDirectory;
  declarations: DeclarationDirectory;
  engines: ReadonlyMap<string, JobEngine>;
  lease: Lease;
  streams: RunStreams;
  onApplied(batch: RecordedBatch): void | Promise<void>;
  onChanged: OnChanged;
  timings: PlatformTimings;
  signal: AbortSignal;
}

/** Begins the work that one replica does for all: whichever holds the lease. */
export function startLeaderWork(options: LeaderWorkOptions): {
  registryChanged(): void;
  done: Promise<void>;
} {
  const { redis, logger, health, lease, timings, signal, onChanged } = options;
  const registry = new RegistrySync({
    redis,
    logger,
    registry: options.registry,
    declarations: options.declarations,
    outageEndedAt: () => health.outageEndedAt,
    onChanged: id => onChanged('registry', id),
  });
  const lost = new LostRuns({
    ...options,
    lostAfterMs: timings.lostAfterMs,
  });
  const observer = createObserver({
    ...options,
    isDeclared: job => registry.isDeclared(job),
    onChanged: id => onChanged('registry', id),
  });

  const led = (name: string, pauseMs: number, work: () => Promise<void>) =>
    startLoop({
      name,
      pauseMs,
      signal,
      logger,
      work: async () => {
        if (lease.held) await work();
      },
    });

  const syncing = led('Reading the registry', timings.registryEveryMs, () =>
    registry.look(),
  );
  const watching = led(
    'Looking for lost runs',
    timings.lookEveryMs,
    async () => {
      const settled = Date.now() - health.outageEndedAt > timings.settleMs;
      if (!health.available || !settled) {
        lost.reset();
        return;
      }
      // a stale list would lack a worker that has just started
      await options.workers.look();
      await lost.look(await options.streams.states());
    },
  );
  const trimming = led('Trimming streams', timings.trimEveryMs, async () => {
    await options.streams.each(async stream => {
      await stream.trim();
      await stream.deleteConsumers(HOUR_MS).catch(ignoreMissing);
    });
    await removeDeadWorkers(redis);
    const queues = await options.registry.listQueues();
    await trimRequests(
      redis,
      queues.filter(job => job.engine === 'protocol'),
    );
  });
  const observing = observeWhileLeading(options, observer);

  return {
    registryChanged: () => syncing.wake(),
    done: Promise.all([
      syncing.done,
      watching.done,
      trimming.done,
      observing,
    ]).then(() => {}),
  };
}

function ignoreMissing(error: unknown) {
  if (!isMissing(error)) throw error;
}

/** Lets the engines watch foreign queues for as long as this replica holds the lease. */
async function observeWhileLeading(
  { engines, lease, logger, signal }: LeaderWorkOptions,
  observer: EngineObserver,
): Promise<void> {
  let leading: AbortController | undefined;
  let watched: Array<Promise<void>> = [];

  function begin() {
    leading = new AbortController();
    for (const engine of engines.values()) {
      if (!engine.observe) continue;
      watched.push(
        engine.observe(observer, leading.signal).catch(error => {
          logger.error(`Engine ${engine.name} stopped observing: ${error}`);
        }),
      );
    }
  }

  async function end() {
    leading?.abort();
    leading = undefined;
    await Promise.all(watched);
    watched = [];
  }

  await startLoop({
    name: 'Observing queues',
    pauseMs: 1000,
    signal,
    logger,
    work: async () => {
      if (lease.held && !leading) begin();
      if (!lease.held && leading) await end();
    },
  }).done;
  await end();
}
