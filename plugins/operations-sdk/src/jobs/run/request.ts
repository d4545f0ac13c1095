import { runRequestSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  derivedRunId,
  type RunRequest,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { InvalidParametersError } from '../declare/parameters';
import type { JobDefinition } from '../declare/types';

/** The part of a BullMQ job from which a request is read. */
export interface QueuedJob {
  id?: string;
  data: unknown;
}

/** What a queued job asks for. */
export interface ReadRequest {
  runId: string;
  request: RunRequest;
  /** Why the request cannot be honoured: it claims this protocol, and does not parse. */
  problem?: string;
}

/** Why a worker does not execute a run. */
export interface Refusal {
  rule:
    | 'manual-run'
    | 'request'
    | 'tenant'
    | 'dry-run'
    | 'time-range'
    | 'parameters'
    | 'late-slot'
    | 'claim-replicas'
    | 'claim-witness';
  message: string;
}

/**
 * Reads what was put on the queue, by the portal or by anybody else.
 * Claims hold only for the job they were made for: a copy of a job's data under another id
 * (bull-board's "duplicate") is a new run of unknown origin.
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

/**
 * Checks a request against the job's declaration. What a job does not support is refused, never
 * silently left out.
 */
export async function checkRequest(
  definition: JobDefinition,
  { request, problem }: ReadRequest,
  tenants: () => Promise<string[]>,
): Promise<{ parameters: Record<string, unknown> } | { refusal: Refusal }> {
  const { name, registration } = definition;
  if (problem) {
    return refuse('request', `The run request cannot be read: ${problem}`);
  }
  if (definition.tenantScoped) {
    if (request.tenant === undefined) {
      return refuse(
        'tenant',
        `${name} runs for one tenant at a time; the request names none`,
      );
    }
    if (!(await tenants()).includes(request.tenant)) {
      return refuse('tenant', `There is no tenant ${request.tenant}`);
    }
  }
  if (request.dryRun && !registration.supportsDryRun) {
    return refuse('dry-run', `${name} does not support dry runs`);
  }
  if (request.timeRange && !registration.supportsTimeRange) {
    return refuse('time-range', `${name} does not take a time range`);
  }
  try {
    return { parameters: definition.parseParameters(request.parameters) };
  } catch (error) {
    if (error instanceof InvalidParametersError) {
      return refuse('parameters', error.message);
    }
    throw error;
  }
}

function refuse(rule: Refusal['rule'], message: string): { refusal: Refusal } {
  return { refusal: { rule, message: message.slice(0, 1000) } };
}

/** Says that a job runs on its schedule only, why, and whom to page. */
export function manualRunRefusal(
  definition: JobDefinition,
  what: string,
): Refusal {
  const { manualRunReason, onCall } = definition.registration;
  const parts = [
    `${definition.name} runs on its schedule only (manualRun: false); ${what}.`,
  ];
  if (manualRunReason) {
    parts.push(manualRunReason.replace(/([^.!?])$/, '$1.'));
  }
  if (onCall) {
    parts.push(`Page ${onCall.title}: ${onCall.url}`);
  }
  return { rule: 'manual-run', message: parts.join(' ').slice(0, 1000) };
}
