import {
  derivedRunId,
  runRequestSchema,
  type RunRequest,
} from '@craft-easy/backstage-plugin-operations-protocol';

/** The part of a BullMQ job from which a request is read. */
export interface QueuedJob {
  id?: string;
  data: unknown;
}

/** What a queued job asks for. */
export interface ReadRequest {
  runId: string;
  request: RunRequest;
  /** Why it cannot be honoured: it says it is a request of this protocol, and does not read as one. */
  problem?: string;
}

/**
 * Reads what was put on the queue, by the portal or by anybody.
 * Claims hold only for the job they were made for: a copy of a job's data under another id (bull-board's "duplicate") is a new run by an unknown hand.
 * Data that is no request of this protocol counts as the run's parameters.
 */
export function readRequest(jobName: string, job: QueuedJob): ReadRequest {
  const ownId = derivedRunId(jobName, job.id ?? 'unknown');
  const { data } = job;
  if (typeof data !== 'object' || data === null || !('v' in data)) {
    return { runId: ownId, request: { v: 1, parameters: asParameters(data) } };
  }
  const parsed = runRequestSchema.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      runId: ownId,
      request: { v: 1 },
      problem: `${issue.path.map(String).join('.')}: ${issue.message}`,
    };
  }
  const request = parsed.data;
  if (request.runId === undefined) {
    return { runId: ownId, request };
  }
  if (request.runId === job.id) {
    return { runId: request.runId, request };
  }
  const { tenant, dryRun, timeRange, parameters } = request;
  return {
    runId: ownId,
    request: { v: 1, tenant, dryRun, timeRange, parameters },
  };
}

function asParameters(data: unknown): Record<string, unknown> | undefined {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
    ? (data as Record<string, unknown>)
    : undefined;
}
