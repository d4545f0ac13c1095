import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  JobEngine,
  OperationsRedis,
} from '@craft-easy/backstage-plugin-operations-node';
import {
  runRecordSchema,
  type RedactText,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { WorkerRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import type {
  CancelSignal,
  JobRegistry,
  LogReader,
  PlatformHealth,
  RecordedBatch,
  RunRecorder,
} from '../jobs/ports';
import { createCancelSignal } from './cancelSignal';
import { Changes, type OnChanged } from './changes';
import { startLeaderWork } from './leaderWork';
import { Lease } from './lease';
import { createLogReader } from './logReader';
import { startLoop } from './loop';
import { createProtocolEngine } from './protocolEngine/protocolEngine';
import { RedisHealth } from './redisHealth';
import { DeclarationDirectory } from './registry/DeclarationDirectory';
import { RequestSigner } from './requests/RequestSigner';
import { WorkerDirectory, withWorkers } from './registry/WorkerDirectory';
import { asClaimed } from './streams/claims';
import { decodeAs } from './streams/decode';
import { ReportStream, runReports } from './streams/ReportStream';
import { StreamConsumer } from './streams/StreamConsumer';
import { StreamWatch } from './streams/StreamWatch';
import { PLATFORM_TIMINGS, type PlatformTimings } from './timings';

export interface PlatformOptions {
  redis: OperationsRedis;
  logger: LoggerService;
  recorder: RunRecorder;
  registry: JobRegistry;
  /** those that modules added; the protocol's own engine is always there */
  engines: JobEngine[];
  /** Absent: nothing is signed. */
  signer?: Pick<RequestSigner, 'cancel'>;
  /** What a batch changed, after its commit: for the audit of refusals. */
  onApplied(batch: RecordedBatch): void | Promise<void>;
  /**
   * Something of this kind was changed: `registry` (jobs appeared, changed, fell silent), `jobs`
   * (their runs), `log`, `health`, or what the platform named. Called often; throttle before waking
   * people.
   */
  onChanged: OnChanged;
  timings?: Partial<PlatformTimings>;
  /** Takes secrets out of lines of logs before anybody reads them. */
  redactText?: RedactText;
}

/** The Redis side of the backend. */
export interface Platform {
  health: PlatformHealth;
  logReader: LogReader;
  cancelSignal: CancelSignal;
  /** by name; each says how many live workers its queues have */
  engines: ReadonlyMap<string, JobEngine>;
  /**
   * Begins to read, watch and sync. Whether Redis is there or not makes no difference: it begins
   * when it is.
   */
  start(): void;
  /** Ends all of it; a batch under way is finished first. */
  stop(): Promise<void>;
}

/** Puts the Redis side together. Nothing happens before {@link Platform.start}. */
export function createPlatform(options: PlatformOptions): Platform {
  const { redis, logger, recorder, onChanged } = options;
  const timings = { ...PLATFORM_TIMINGS, ...options.timings };
  const workers = new WorkerDirectory(redis);
  const declarations = new DeclarationDirectory(redis);
  const health = new RedisHealth(redis, logger, () => onChanged('health'));
  const logReader = createLogReader(redis, options.redactText);
  const engines = new Map<string, JobEngine>();
  for (const engine of [createProtocolEngine(redis), ...options.engines]) {
    if (engines.has(engine.name)) {
      throw new Error(`There are two job engines named ${engine.name}`);
    }
    engines.set(engine.name, withWorkers(engine, workers));
  }

  async function onApplied(batch: RecordedBatch) {
    try {
      await options.onApplied(batch);
    } finally {
      for (const id of batch.jobIds) onChanged('jobs', id);
    }
  }

  const stopping = new AbortController();
  const { signal } = stopping;
  const running: Array<Promise<void>> = [];
  let watch: StreamWatch | undefined;
  let stopListening: (() => void) | undefined;

  function start() {
    const stream = new ReportStream(redis, runReports(redis));
    const consumer = new StreamConsumer({
      stream,
      recorder,
      logger,
      onApplied,
      decode: fields => {
        const read = decodeAs(runRecordSchema, fields);
        return 'record' in read ? { record: asClaimed(read.record) } : read;
      },
      timings: timings.runs,
    });
    watch = new StreamWatch(stream, logger, () => consumer.rejected);
    const lease = new Lease({ redis, logger, lifeMs: timings.leaseMs });
    const look = (name: string, work: () => Promise<void>) =>
      startLoop({ name, work, logger, signal, pauseMs: timings.lookEveryMs });

    const leader = startLeaderWork({
      ...options,
      health,
      workers,
      declarations,
      engines,
      lease,
      stream,
      logReader,
      onApplied,
      timings,
      signal,
    });
    const changes = new Changes(redis, (kind, id) => {
      // the sync that follows finds out what was changed
      if (kind === 'registry') leader.registryChanged();
      else onChanged(kind, id);
    });
    changes.start();
    stopListening = () => {
      changes.stop();
      stream.close();
    };
    running.push(
      health.start(signal),
      lease.start(signal),
      consumer.start(signal),
      look('Looking at the workers', async () => {
        await workers.look();
        await declarations.look();
      }).done,
      look('Looking at the run stream', () => watch!.look()).done,
      leader.done,
    );
  }

  return {
    logReader,
    engines,
    cancelSignal: createCancelSignal(
      redis,
      options.signer ?? RequestSigner.none,
    ),
    health: {
      get available() {
        return health.available;
      },
      get asOf() {
        return health.asOf;
      },
      get reason() {
        return health.reason;
      },
      get clockSkewMs() {
        return health.clockSkewMs;
      },
      get runStream() {
        return watch?.last;
      },
      workersOf: jobId => workers.workersOf(jobId),
      fleet: {
        workers: () => workers.all(),
        workersOf: jobId => workers.of(jobId),
        declarationsOf: jobId =>
          declarations.of(jobId).map(declaration => ({
            ...declaration,
            workers: workers
              .of(jobId)
              .filter(worker => hasDeclared(worker, jobId, declaration.digest))
              .length,
          })),
      },
    },
    start,
    async stop() {
      stopping.abort();
      await Promise.allSettled(running);
      stopListening?.();
    },
  };
}

function hasDeclared(
  { jobs, declarations = [] }: WorkerRecord,
  jobId: string,
  digest: string,
): boolean {
  return declarations[jobs.indexOf(jobId)] === digest;
}
