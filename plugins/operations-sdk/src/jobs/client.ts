import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import {
  isPortalRunId,
  jobNameSchema,
  queueOf,
  REQUESTED_TTL_MS,
  requestedRunId,
  runRequestSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  protocolKeys,
  queuePrefixOf,
  type RunRequest,
} from '@craft-easy/backstage-plugin-operations-protocol';
import {
  closeConnection,
  connectionForm,
  layoutOf,
  openConnection,
  sayDefaultAddress,
  type ConnectionInput,
} from '../redis/connection';
import type { JobDefinition } from './declare/types';
import { recordBase } from './run/record';
import { RunReporter } from './run/RunReporter';
import { checked, forms, optionsOf } from '../checked';
import { loggerForm, stderrLogger, type WorkerLogger } from './worker/logger';

/** A run that platform code requests. @public */
export interface EnqueueRequest {
  tenant?: string;
  parameters?: Record<string, unknown>;
  dryRun?: boolean;
  timeRange?: { from: string; to: string };
  /** Who requests it: subject of a service, or entity reference of a person. */
  triggeredBy?: string;
  reason?: string;
  /**
   * Calls with the same id within seven days queue one run. Not `run-…` without a dot, which is the
   * portal's. Default: a new one.
   */
  runId?: string;
}

/** @public */
export interface JobClientOptions {
  connection: ConnectionInput;
  namespace?: string;
  queuePrefix?: string;
  /** As of the workers; see `StartWorkerOptions`. */
  runStreams?: number;
  logger?: WorkerLogger;
}

/** Puts runs on queues, for platform code. @public */
export interface JobClient {
  /**
   * Queues a run (trigger `api`) and reports it.
   * @throws TypeError that names the field, if the request does not fit the protocol's schema;
   *   Error for a run id of the portal's kind
   */
  enqueue(
    job: JobDefinition | string,
    request?: EnqueueRequest,
  ): Promise<{ runId: string }>;
  close(): Promise<void>;
}

const optionsForm = optionsOf<JobClientOptions>(
  {
    connection: connectionForm,
    namespace: forms.text.optional(),
    queuePrefix: forms.text.optional(),
    runStreams: forms.count.optional(),
    logger: loggerForm.optional(),
  },
  { prefix: 'queuePrefix', redis: 'connection', url: 'connection' },
);

/** @public */
export function createJobClient(options: JobClientOptions): JobClient {
  checked('createJobClient', optionsForm, options);
  const logger = options.logger ?? stderrLogger;
  sayDefaultAddress('createJobClient', options.connection, message =>
    logger.warn(message),
  );
  const client = openConnection(options.connection, 'worker');
  const onError = (error: Error) => logger.warn(`Redis: ${error.message}`);
  client.on('error', onError);
  const layout = layoutOf(client, options.runStreams);
  const keys = protocolKeys(options.namespace, layout);
  const reporter = new RunReporter({
    client,
    streamOf: keys.runsOf,
    onError,
  });
  const queues = new Map<string, Queue>();

  const open = (job: string): Queue => {
    let queue = queues.get(job);
    if (!queue) {
      const name = queueOf(job);
      queue = new Queue(name, {
        connection: client,
        prefix: queuePrefixOf(name, options.queuePrefix, layout),
        skipMetasUpdate: true,
      });
      queue.on('error', onError);
      queues.set(job, queue);
    }
    return queue;
  };

  return {
    async enqueue(job, requested = {}) {
      const name = checked(
        'enqueue.job',
        jobNameSchema,
        typeof job === 'string' ? job : job.name,
      );
      const requestedAt = new Date();
      const runId = requested.runId ?? requestedRunId(name, randomUUID());
      if (isPortalRunId(runId)) {
        throw new Error(
          `runId: ${runId} is of the kind that only the portal gives`,
        );
      }
      const request: RunRequest = checked('enqueue', runRequestSchema, {
        ...requested,
        v: 1,
        runId,
        trigger: 'api',
        requestedAt: requestedAt.toISOString(),
      });
      const mark = keys.requested(name, runId);
      // BullMQ adds no second job of an id, but only as long as it keeps the first.
      if (requested.runId !== undefined && (await client.exists(mark))) {
        return { runId };
      }
      await open(name).add(name, request, { jobId: runId });
      await client.set(mark, runId, 'PX', REQUESTED_TTL_MS);
      const { triggeredBy, reason, tenant, timeRange, parameters } = request;
      reporter.report({
        ...recordBase(name, {
          runId,
          engineJobId: runId,
          attempt: 1,
          trigger: 'api',
          triggeredBy,
          reason,
          tenant,
          timeRange,
          parameters,
          dryRun: request.dryRun ?? false,
          queuedAt: requestedAt.getTime(),
        }),
        state: 'queued',
        at: requestedAt.toISOString(),
      });
      await reporter.flushed();
      return { runId };
    },
    async close() {
      await reporter.flushed();
      reporter.close();
      await Promise.all([...queues.values()].map(queue => queue.close()));
      await closeConnection(client);
    },
  };
}
