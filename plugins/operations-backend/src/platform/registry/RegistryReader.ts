import { createHash } from 'node:crypto';
import { jobRegistrationSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  jobId,
  type JobRegistration,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import type { JobRegistry, UnreadableRegistration } from '../../jobs/ports';
import { parseJson } from '../../lib/json';
import type { DeclarationDirectory } from './DeclarationDirectory';
import { redisTime } from '../../lib/redisTime';

/**
 * A look at the registry: the valid registrations, and when each was last announced (epoch ms, by
 * the clock of this process: what counts is how long ago it was by Redis').
 */
export interface RegistryLook {
  registrations: Array<{ registration: JobRegistration; seenAt: number }>;
  /** those that cannot be read; among `registrations` are the last ones that could */
  unreadable: UnreadableRegistration[];
  /** changes exactly if a registration appeared, changed or went */
  version: string;
}

interface Parsed {
  /** when we first read a registration of this job, epoch ms */
  at: number;
  text: string;
  hash: string;
  /** the last one that could be read */
  registration?: JobRegistration;
  /** why this one cannot be read */
  problem?: string;
}

/**
 * A registration carries a JSON Schema and up to 10,000 tenants; what is larger than this is a
 * mistake.
 */
const MAX_REGISTRATION_LENGTH = 4 * 1024 * 1024;

/**
 * Reads the registry. A registration is parsed once. One that is not valid is reported once and
 * does no harm to the others; the last valid one of its job stays in force.
 */
export class RegistryReader {
  private readonly parsed = new Map<string, Parsed>();

  constructor(
    private readonly redis: OperationsRedis,
    private readonly declarations: Pick<
      DeclarationDirectory,
      'look' | 'guardOf'
    >,
    private readonly onInvalid: (id: string, why: string) => void,
    /** the registrations in force, from before this process began */
    private readonly inForce: JobRegistry['registrationsOf'],
  ) {}

  async look(): Promise<RegistryLook> {
    const { keys } = this.redis;
    await this.declarations.look();
    const [texts, seen, redisNow] = await this.redis.execute(client =>
      Promise.all([
        client.hgetall(keys.registry),
        client.zrange(keys.registrySeen, 0, -1, 'WITHSCORES'),
        redisTime(client, keys.registrySeen),
      ]),
    );
    const ahead = Date.now() - redisNow;
    const seenAt = new Map<string, number>();
    for (let i = 0; i < seen.length; i += 2) {
      seenAt.set(seen[i], Number(seen[i + 1]) + ahead);
    }
    const registrations: RegistryLook['registrations'] = [];
    const unreadable: UnreadableRegistration[] = [];
    const version = createHash('sha256');
    const jobs = Object.entries(texts).map(
      ([id, text]) => [id, this.parse(id, text)] as const,
    );
    await this.recall(jobs);
    for (const [id, { registration, hash, at, problem }] of jobs) {
      if (problem) {
        unreadable.push({ jobId: id, problem });
        version.update(`${id} ${problem}\n`);
      }
      if (!registration) continue;
      const guard = registration.manualRun && this.declarations.guardOf(id);
      registrations.push({
        registration: guard ? guarded(registration, guard) : registration,
        // registered, and its worker's first heartbeat still to come: announced since we know of it
        seenAt: seenAt.get(id) ?? at,
      });
      version.update(`${id} ${hash} ${guard ? 'guarded' : ''}\n`);
    }
    for (const id of this.parsed.keys()) {
      if (!(id in texts)) this.parsed.delete(id);
    }
    return { registrations, unreadable, version: version.digest('base64') };
  }

  /** Finds the registrations in force where this process has read none that is valid. */
  private async recall(jobs: Array<readonly [id: string, parsed: Parsed]>) {
    const unknown = jobs.filter(
      ([, { problem, registration }]) => problem && !registration,
    );
    if (unknown.length === 0) return;
    const known = await this.inForce(unknown.map(([id]) => id));
    for (const [id, parsed] of unknown) parsed.registration = known.get(id);
  }

  private parse(id: string, text: string): Parsed {
    const known = this.parsed.get(id);
    if (known?.text === text) return known;
    const parsed: Parsed = {
      at: known?.at ?? Date.now(),
      text,
      hash: createHash('sha256').update(text).digest('base64'),
    };
    const outcome = parseRegistration(id, text);
    if (typeof outcome === 'string') {
      this.onInvalid(id, outcome);
      parsed.problem = outcome;
      parsed.registration = known?.registration;
      parsed.hash = known?.hash ?? '';
    } else {
      parsed.registration = outcome;
    }
    this.parsed.set(id, parsed);
    return parsed;
  }
}

/** The registration of a job that another live worker's declaration guards. */
function guarded(
  registration: JobRegistration,
  guard: { reason?: string },
): JobRegistration {
  return {
    ...registration,
    manualRun: false,
    manualRunReason:
      guard.reason ??
      'A worker of another version is alive whose declaration forbids it',
  };
}

/** The registration, or why it is none. */
function parseRegistration(id: string, text: string): JobRegistration | string {
  if (text.length > MAX_REGISTRATION_LENGTH) {
    return `longer than ${MAX_REGISTRATION_LENGTH} characters`;
  }
  const parsed = parseJson(jobRegistrationSchema, text);
  if ('why' in parsed) return parsed.why;
  const { data } = parsed;
  return jobId(data) === id ? data : `it says it is ${jobId(data)}`;
}
