import { randomUUID } from 'crypto';
import { Queue } from 'bullmq';
import {
  DEFAULT_NAMESPACE,
  DEFAULT_QUEUE_PREFIX,
  protocolKeys,
  runRequestSchema,
  type RunRequest,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from './declare/types';
import {
  closeConnection,
  openConnection,
  type ConnectionInput,
} from './redis/connection';
import { recordBase } from './run/recordBase';
import { RunReporter } from './run/reporter';
import { stderrLogger, type WorkerLogger } from './worker/logger';

/** What platform code asks of a run. @public */
export interface EnqueueRequest {
  tenant?: string;
  parameters?: Record<string, unknown>;
  dryRun?: boolean;
  timeRange?: { from: string; to: string };
  /** Subject of the service, or entity reference of the person. */
  triggeredBy?: string;
  reason?: string;
  /** Calls with the same id queue one run. Default: a new one. */
  runId?: string;
}

/** @public */
export interface JobClientOptions {
  connection: ConnectionInput;
  namespace?: string;
  queuePrefix?: string;
  logger?: WorkerLogger;
}

/** Puts runs on queues, for platform code. @public */
export interface JobClient {
  /** Queues a run (trigger `api`) and reports it. @throws Error if the request does not read as one */
  enqueue(
    job: JobDefinition | string,
    request?: EnqueueRequest,
  ): Promise<{ runId: string }>;
  close(): Promise<void>;
}

/** @public */
export function createJobClient(options: JobClientOptions): JobClient {
  const client = openConnection(options.connection);
  const logger = options.logger ?? stderrLogger;
  const onError = (error: Error) => logger.warn(`Redis: ${error.message}`);
  client.on('error', onError);
  const keys = protocolKeys(options.namespace ?? DEFAULT_NAMESPACE);
  const reporter = new RunReporter({ client, stream: keys.runs, onError });
  const prefix = options.queuePrefix ?? DEFAULT_QUEUE_PREFIX;
  const queues = new Map<string, Queue>();

  const queueOf = (name: string): Queue => {
    let queue = queues.get(name);
    if (!queue) {
      queue = new Queue(name, {
        connection: client,
        prefix,
        skipMetasUpdate: true,
      });
      queue.on('error', onError);
      queues.set(name, queue);
    }
    return queue;
  };

  return {
    async enqueue(job, asked = {}) {
      const name = typeof job === 'string' ? job : job.name;
      const requestedAt = new Date();
      const runId = asked.runId ?? `${name}.${randomUUID()}`;
      const request: RunRequest = runRequestSchema.parse({
        ...asked,
        v: 1,
        runId,
        trigger: 'api',
        requestedAt: requestedAt.toISOString(),
      });
      await queueOf(name).add(name, request, { jobId: runId });
      reporter.report({
        ...recordBase(name, {
          runId,
          engineJobId: runId,
          attempt: 1,
          trigger: 'api',
          triggeredBy: asked.triggeredBy,
          reason: asked.reason,
          tenant: asked.tenant,
          dryRun: asked.dryRun ?? false,
          timeRange: asked.timeRange,
          givenParameters: asked.parameters,
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
