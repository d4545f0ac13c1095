import type { Config } from '@backstage/config';
import {
  readRedisOptions,
  REDIS_NAMES,
  type RedisSettings,
} from '@craft-easy/backstage-plugin-operations-node/internal';
import {
  jobNameSchema,
  jobOfQueue,
  refuseUnknown,
  type NamesOf,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Config as Settings } from '../../config';

type Jobs = NonNullable<NonNullable<Settings['operations']>['jobs']>;

const NAMES = {
  queue: true,
  job: true,
  prefix: true,
  tenantField: true,
  showData: true,
  connection: REDIS_NAMES,
} as const satisfies NamesOf<NonNullable<Jobs['observedQueues']>>;

/** Queues to watch, an entry of `operations.jobs.observedQueues`. */
export interface ObservedQueues {
  /** Name of a queue, or a pattern with `*`. */
  queue: string;
  /** Name under which it is shown; only of a single queue. */
  job?: string;
  prefix?: string;
  /** Default: the platform's server. */
  connection?: RedisSettings;
  /** Field of the jobs' data that names the tenant. */
  tenantField?: string;
  /** False: the jobs' data and results are not shown. */
  showData: boolean;
}

/**
 * Reads `operations.jobs.observedQueues`.
 * @throws Error that names the wrong entry
 */
export function readObservedQueues(config: Config): ObservedQueues[] {
  const key = 'operations.jobs.observedQueues';
  refuseUnknown(config.getOptional(key), key, NAMES);
  const entries = config.getOptionalConfigArray(key) ?? [];
  const observed = entries.map((entry, i) => {
    const queue = entry.getString('queue');
    const job = entry.getOptionalString('job');
    if (queue.includes(':')) {
      throw new Error(`${key}[${i}]: a queue's name holds no colon: ${queue}`);
    }
    if (job !== undefined && isPattern(queue)) {
      throw new Error(`${key}[${i}]: a pattern cannot be shown as one job`);
    }
    const { error } = jobNameSchema.optional().safeParse(job);
    if (error) {
      throw new Error(`${key}[${i}].job: ${error.issues[0].message}`);
    }
    return {
      queue,
      job,
      prefix: entry.getOptionalString('prefix'),
      connection: entry.has('connection')
        ? readRedisOptions(entry, 'connection')
        : undefined,
      tenantField: entry.getOptionalString('tenantField'),
      showData: entry.getOptionalBoolean('showData') ?? true,
    };
  });
  assertDistinct(observed, key);
  return observed;
}

/** @throws Error where two queues would be shown as one job */
function assertDistinct(observed: ObservedQueues[], key: string) {
  const first = new Map<string, number>();
  observed.forEach((entry, i) => {
    if (isPattern(entry.queue)) return;
    const job = jobNameOf(entry.queue, entry);
    const other = first.get(job);
    if (other === undefined) {
      first.set(job, i);
      return;
    }
    throw new Error(
      `${key}[${i}]: the queue ${entry.queue} would be shown as the job ${job}, as that of ${key}[${other}] is: give one of them another name by "job"`,
    );
  });
}

/** Which server and prefix an entry means: queues of one name at two places are two queues. */
export function placeOf({ connection, prefix }: ObservedQueues): string {
  return JSON.stringify([connection ?? null, prefix ?? null]);
}

export function isPattern(queue: string): boolean {
  return queue.includes('*');
}

/** Whether a queue's name matches an entry. */
export function fits(queue: string, { queue: wanted }: ObservedQueues) {
  const [head, ...parts] = wanted.split('*');
  const tail = parts.pop();
  if (tail === undefined) return queue === wanted;
  if (!queue.startsWith(head) || !queue.endsWith(tail)) return false;
  const end = queue.length - tail.length;
  let at = head.length;
  // The first place of each part leaves the most room for the next ones.
  for (const part of parts) {
    const found = queue.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}

/**
 * Name of the job that a foreign queue is shown as: of the job whose queue has this name, else the
 * queue's, in lower-case words joined by hyphens.
 */
export function jobNameOf(queue: string, { job }: ObservedQueues): string {
  if (job) return job;
  const { data: own } = jobNameSchema.safeParse(jobOfQueue(queue));
  if (own) return own;
  const name = queue
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-|-$/g, '');
  return name || 'queue';
}
