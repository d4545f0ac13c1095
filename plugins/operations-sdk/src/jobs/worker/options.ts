/** What a worker process is started with, and what is checked of it. */
import { checked, form, forms, having, optionsOf } from '../../checked';
import { connectionForm, type ConnectionInput } from '../../redis/connection';
import type { RequestKey } from '../../requests/RequestVerifier';
import type { JobDefinition } from '../declare/types';
import type { ClaimReplicas } from '../schedule/Claims';
import type { SlotWitness } from '../schedule/witness';
import { loggerForm, type WorkerLogger } from './logger';

/** @public */
export interface StartWorkerOptions {
  jobs: JobDefinition[];
  connection: ConnectionInput;
  /**
   * The platform's tenants. A scheduled run of a tenant-scoped job fans out to them, and a run may
   * name only one of them. An id that is not allowed is refused at the start; one that a function
   * answers later is left out, and logged.
   */
  tenants?: string[] | (() => string[] | Promise<string[]>);
  /**
   * Public keys of the portal, which `GET /request-keys` lists. With them only a signed request
   * counts as a person's; without, whoever can write to Redis can ask in anybody's name.
   */
  requestKeys?: RequestKey[];
  /** Of the protocol's keys; default `operations`. */
  namespace?: string;
  /** Of BullMQ's keys; default `bull`. */
  queuePrefix?: string;
  /**
   * Streams over which the records of runs are spread; the same as in the portal's configuration.
   * Default: 1, and 16 on a Redis Cluster.
   */
  runStreams?: number;
  /** Default: host, process id and a random part. */
  id?: string;
  /** Default: warnings and errors to stderr. */
  logger?: WorkerLogger;
  /** How long BullMQ trusts a worker that does not renew its lock. Default 30 s. */
  lockDurationMs?: number;
  /** How often BullMQ looks for jobs of dead workers. Default 30 s. */
  stalledIntervalMs?: number;
  /**
   * Jobs that BullMQ keeps per queue after their end; the history of runs is in the portal. Default
   * 1,000 of each; of completed ones each process may leave up to a fiftieth more.
   */
  keepJobs?: { completed?: number; failed?: number };
  /**
   * Whether a tenant's runs are held, that is stay queued until it answers false. Pass
   * `isTenantHeld` of `Maintenance` in `@craft-easy/operations-sdk/maintenance`.
   */
  isTenantHeld?: (tenant: string) => boolean;
  /**
   * Before a run of a job with `manualRun: false` begins, so many replicas of Redis must hold the
   * claim of its slot (`WAIT`). Too few within the time: the run does not start, and its slot is
   * missed. This makes it rarer that a fail-over forgets a claim, and does not exclude it.
   */
  claimReplicas?: ClaimReplicas;
  /**
   * Keeps the claims of jobs with `manualRun: false` outside Redis, so that none of their slots is
   * executed twice also when Redis has forgotten a claim. `createSqlWitness` of
   * `@craft-easy/operations-sdk/witness-sql` is one.
   */
  witness?: SlotWitness;
  /**
   * What the release calls itself, such as `1.10.3` or a build number. While workers of several
   * versions are alive, the declaration of the highest one is in force. Default: the declaration
   * that was announced last for the first time.
   */
  version?: string | number;
  /**
   * Where the machine's clock differs from Redis' by more than this, the worker takes no job.
   * Default 30 s; less for a job whose schedule fires more often than once a minute.
   */
  maxClockSkewMs?: number;
  /**
   * Regular expressions of secrets, besides the usual ones (passwords, tokens, keys). What they
   * match in logs and errors does not leave the process.
   */
  redact?: string[];
}

/** A started worker process. @public */
export interface WorkerHandle {
  readonly id: string;
  /**
   * Resolves when the jobs are registered, their schedules are set, and runs are being started;
   * rejects where the worker cannot start.
   */
  readonly ready: Promise<void>;
  /**
   * Starts no more runs, waits for those in progress, reports everything, and closes connections.
   * @param options - `force`: the signals of runs in progress are aborted, and after `graceMs`
   *   (default 5,000) the runs are left behind for another worker
   */
  close(options?: { force?: boolean; graceMs?: number }): Promise<void>;
}

const wholeNumber = form<number>(
  'a whole number',
  given => Number.isInteger(given) && given >= 0,
);

const optionsForm = optionsOf<StartWorkerOptions>(
  {
    jobs: form<JobDefinition[]>(
      'a list of what defineJob returns',
      given =>
        Array.isArray(given) &&
        given.every(job => typeof job?.parseParameters === 'function'),
    ),
    connection: connectionForm,
    tenants: form<StartWorkerOptions['tenants']>(
      'a list of ids, or a function that answers one',
      given => Array.isArray(given) || typeof given === 'function',
    ).optional(),
    requestKeys: forms.requestKeys.optional(),
    namespace: forms.text.optional(),
    queuePrefix: forms.text.optional(),
    runStreams: forms.count.optional(),
    id: forms.text.optional(),
    logger: loggerForm.optional(),
    lockDurationMs: forms.milliseconds.optional(),
    stalledIntervalMs: forms.milliseconds.optional(),
    keepJobs: optionsOf<NonNullable<StartWorkerOptions['keepJobs']>>({
      completed: wholeNumber.optional(),
      failed: wholeNumber.optional(),
    }).optional(),
    isTenantHeld: forms.callback.optional(),
    claimReplicas: optionsOf<ClaimReplicas>({
      count: forms.count,
      timeoutMs: forms.count,
    }).optional(),
    witness: having('a witness with claim()', 'claim').optional(),
    version: form<string | number>('a text or a number', given =>
      ['string', 'number'].includes(typeof given),
    ).optional(),
    maxClockSkewMs: forms.milliseconds.optional(),
    redact: forms.texts.optional(),
  },
  {
    concurrency: 'defineJob({ concurrency })',
    job: 'jobs',
    redis: 'connection',
    url: 'connection',
    prefix: 'queuePrefix',
  },
);

/** @throws Error naming the option */
export function checkOptions(options: StartWorkerOptions): void {
  checked('startWorker', optionsForm, options);
  checkNames(options.jobs);
}

function checkNames(jobs: JobDefinition[]): void {
  const names = new Set<string>();
  for (const { name } of jobs) {
    if (names.has(name)) {
      throw new Error(`startWorker: two jobs are called ${name}`);
    }
    names.add(name);
  }
}
