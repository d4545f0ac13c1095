import {
  isPortalRunId,
  runRequestSchema,
  signedRunRequestSchema,
  type SignedRunRequest,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  derivedRunId,
  jobId,
  type RequestSignature,
  type RunClaims,
  type RunRequest,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { RequestVerifier } from '../../requests/RequestVerifier';
import { InvalidParametersError } from '../declare/parameters';
import type { JobDefinition } from '../declare/types';

/** The part of a BullMQ job from which a request is read. */
export interface QueuedJob {
  id?: string;
  /** When it was created, epoch ms. */
  timestamp: number;
  data: unknown;
}

/** What a queued job asks for. */
export interface ReadRequest {
  runId: string;
  request: RunRequest;
  /** Why the request cannot be honoured: it claims this protocol, and does not parse. */
  problem?: string;
  signature: RequestSignature;
  /** By which the portal allowed it. */
  permission?: string;
  /** When a verified request expires, epoch ms. */
  expiresAt?: number;
  /** What it says of people, and does not prove. */
  claims?: RunClaims;
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
 *
 * Who asked for a run is known where the portal signed the request for this job and this id. With
 * keys to check that by, nobody else's word counts: what is not signed is a run of unknown origin,
 * and what it says of people is kept as a claim. Without keys the request's word counts for the job
 * that it was made for: a copy of a job's data under another id (bull-board's "duplicate") is a run
 * of unknown origin too.
 *
 * Data that is no request of this protocol counts as the run's parameters.
 */
export function readRequest(
  jobName: string,
  job: QueuedJob,
  verifier: RequestVerifier = new RequestVerifier(),
): ReadRequest {
  const { data } = job;
  if (isObject(data) && 'jws' in data) {
    return readSigned(jobName, job, verifier);
  }
  const read = readPlain(jobName, job);
  return verifier.isChecking ? withoutClaims(read, jobName, job) : read;
}

/** Reads a request that the portal signed. */
function readSigned(
  jobName: string,
  job: QueuedJob,
  verifier: RequestVerifier,
): ReadRequest {
  const wanted = jobId({ engine: 'bullmq', name: jobName });
  const found = verifier.read(job.data, signedRunRequestSchema, claims => {
    if (claims.job !== wanted) return `it was signed for ${claims.job}`;
    if (claims.runId !== job.id) return `it was signed for ${claims.runId}`;
    return undefined;
  });
  if (found.signature === 'verified' || found.signature === 'unchecked') {
    const { signature, claims } = found;
    const { runId, permission, type } = claims;
    const read = { runId, request: requestOf(claims), signature };
    return type === 'make-up'
      ? { ...read, problem: 'type: this worker runs no missed slots' }
      : {
          ...read,
          permission,
          expiresAt: signature === 'verified' ? claims.exp * 1000 : undefined,
        };
  }
  const said = 'claims' in found ? found.claims : undefined;
  const problem = 'problem' in found ? found.problem : undefined;
  return withoutClaims(
    {
      runId: derivedRunId(jobName, job.id ?? 'unknown', job.timestamp),
      request: said ? requestOf(said) : { v: 1 },
      signature: 'bad',
      // without what it asks for there is nothing to execute
      problem: said ? undefined : problem,
      claims: { problem },
    },
    jobName,
    job,
  );
}

function requestOf(claims: SignedRunRequest): RunRequest {
  const { type, actor, onBehalfOf } = claims;
  return {
    ...runRequestSchema.parse(claims),
    trigger: type === 'retry' ? 'retry' : 'manual',
    triggeredBy: claims.triggeredBy ?? onBehalfOf ?? actor,
  };
}

function readPlain(jobName: string, job: QueuedJob): ReadRequest {
  const ownId = derivedRunId(jobName, job.id ?? 'unknown', job.timestamp);
  const signature = 'missing';
  const { data } = job;
  if (!isObject(data) || !('v' in data)) {
    const request: RunRequest = { v: 1, parameters: asParameters(data) };
    return { runId: ownId, request, signature };
  }
  const parsed = runRequestSchema.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      runId: ownId,
      request: { v: 1 },
      signature,
      problem: `${issue.path.map(String).join('.')}: ${issue.message}`,
    };
  }
  const request = parsed.data;
  if (request.runId === undefined) {
    return { runId: ownId, request, signature };
  }
  if (request.runId === job.id) {
    return { runId: request.runId, request, signature };
  }
  const { tenant, dryRun, timeRange, parameters } = request;
  return {
    runId: ownId,
    request: { v: 1, tenant, dryRun, timeRange, parameters },
    signature,
  };
}

/**
 * The same run, of unknown origin: nobody is proven to have asked for it. It has no id of a run
 * that the portal requested. `schedule` stays, since the worker proves that by itself.
 */
function withoutClaims(
  read: ReadRequest,
  jobName: string,
  job: QueuedJob,
): ReadRequest {
  const { triggeredBy, reason, trigger, runId: _, ...request } = read.request;
  const byHand = trigger === 'manual' || trigger === 'retry';
  const claims: RunClaims = { ...read.claims };
  if (triggeredBy) claims.triggeredBy = triggeredBy;
  if (byHand) claims.trigger = trigger;
  if (reason) claims.reason = reason;
  return {
    ...read,
    runId: isPortalRunId(read.runId)
      ? derivedRunId(jobName, job.id ?? 'unknown', job.timestamp)
      : read.runId,
    request: { ...request, trigger: byHand ? 'api' : trigger },
    claims: Object.values(claims).some(Boolean) ? claims : undefined,
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
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
