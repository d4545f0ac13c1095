import { createHash } from 'node:crypto';
import {
  canonicalDeclaration,
  compareDeclarations,
  compareVersions,
  declarationId,
  jobDeclarationSchema,
  parseDeclarationId,
  parseJson,
  type JobDeclaration,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  jobId,
  WORKER_TTL_MS,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from '../declare/types';
import { executeScript } from '../../redis/script';
import type { WorkerRuntime } from '../runtime';
import { replaceField } from '../scripts';
import { yieldsSlot } from '../schedule/slots';

/** A declaration that nobody has had for so long is removed. */
const KEPT_FOR_MS = 30 * 24 * 3600 * 1000;

/** @internal */
export interface DeclarationsOptions {
  runtime: Pick<WorkerRuntime, 'client' | 'keys' | 'clock' | 'tenants'>;
  jobs: JobDefinition[];
  /** What the release calls itself. */
  version?: string;
  /** The tenants, where they are written in the code: they are part of the declaration then. */
  tenants?: string[];
}

/** What this worker knows of one of its jobs' declarations. */
interface Status {
  inForce: boolean;
  /** Another live worker's declaration forbids manual runs. */
  guardedElsewhere: boolean;
}

const ALONE: Status = { inForce: true, guardedElsewhere: false };

/**
 * Which declaration of each job is in force while workers of several versions are alive, as in
 * every rolling deploy. The newest holds and stays: a worker with an older one writes neither
 * registration nor scheduler and takes no run of the job, until no live worker has a newer one.
 */
export class Declarations {
  /** `<engine>/<job>@<digest>` of each job, in their order. */
  readonly ids: string[];
  readonly digests: string[];
  private readonly statuses = new Map<string, Status>();

  constructor(private readonly options: DeclarationsOptions) {
    this.digests = options.jobs.map(job => this.digestOf(job));
    this.ids = options.jobs.map((job, i) =>
      declarationId(jobId(job.registration), this.digests[i]),
    );
  }

  /** Whether this worker's declaration of a job is the newest one alive, as of the last look. */
  isInForce(job: JobDefinition): boolean {
    return this.statusOf(job).inForce;
  }

  /** Whether any live worker's declaration forbids manual runs, as of the last look. */
  isGuarded(job: JobDefinition): boolean {
    return !job.manualRun || this.statusOf(job).guardedElsewhere;
  }

  /** Writes the declarations that are new, and that they are alive. */
  async publish(): Promise<void> {
    if (this.options.jobs.length === 0) return;
    // another process with the same one may be of an older version, and write meanwhile
    while (!(await this.write()));
  }

  private async write(): Promise<boolean> {
    const { runtime, jobs, version } = this.options;
    const { client, keys, clock } = runtime;
    const known = await client.hmget(keys.declarations, ...this.ids);
    const tenants = await runtime.tenants();
    const announcedAt = new Date(clock.now()).toISOString();
    const written = jobs.map(async (job, i) => {
      const before = read(known[i]);
      const isNewer = compareVersions(version, before?.version) > 0;
      if (before && !isNewer) return true;
      const declaration: JobDeclaration = {
        v: 1,
        registration: {
          ...job.registration,
          tenants: job.tenantScoped ? tenants : [],
          registeredAt: announcedAt,
        },
        version: version ?? before?.version,
        announcedAt: before?.announcedAt ?? announcedAt,
      };
      const text = JSON.stringify(declaration);
      const given = [this.ids[i], known[i] ?? '', text];
      return (
        (await executeScript(
          client,
          replaceField,
          [keys.declarations],
          given,
        )) === 1
      );
    });
    const areWritten = (await Promise.all(written)).every(Boolean);
    const pipeline = client.pipeline();
    this.addBeat(pipeline);
    const answers = (await pipeline.exec()) ?? [];
    const failed = answers.find(([error]) => error);
    if (failed) throw failed[0];
    return areWritten;
  }

  /** Says, as a part of a heartbeat, that the declarations are alive. */
  addBeat(pipeline: {
    zadd(key: string, ...args: Array<string | number>): unknown;
  }): void {
    const { keys, clock } = this.options.runtime;
    const now = clock.now();
    pipeline.zadd(keys.declarationsSeen, ...this.ids.flatMap(id => [now, id]));
  }

  /**
   * Looks which declarations are alive.
   * @returns the jobs whose declaration came into force, or is no longer
   */
  async look(): Promise<JobDefinition[]> {
    const { jobs, runtime } = this.options;
    const { client, keys, clock } = runtime;
    const alive = await client.zrangebyscore(
      keys.declarationsSeen,
      clock.now() - WORKER_TTL_MS,
      '+inf',
    );
    const own = new Set(this.ids);
    const ownJobs = new Set(jobs.map(job => jobId(job.registration)));
    const others = alive.filter(
      id => !own.has(id) && ownJobs.has(parseDeclarationId(id).job),
    );
    const disputed = this.ofSameJobs(others);
    let rivals = await this.readAll([...others, ...disputed]);
    if (disputed.some(id => !rivals.has(id))) {
      // Redis came back older than this declaration
      await this.publish();
      rivals = await this.readAll([...others, ...disputed]);
    }
    const changed: JobDefinition[] = [];
    jobs.forEach((job, i) => {
      const before = this.statusOf(job).inForce;
      // Redis has lost what another live worker declares: that one writes it again
      const isKnown = others.every(
        id => rivals.has(id) || !isOf(id, this.ids[i]),
      );
      if (!isKnown) return;
      const status = this.decide(this.ids[i], rivals);
      this.statuses.set(job.name, status);
      if (status.inForce !== before) changed.push(job);
    });
    return changed;
  }

  /** Whether another declaration of the job, also one that nobody has any more, yields a slot. */
  async hasSlot(job: JobDefinition, slot: number): Promise<boolean> {
    const { client, keys } = this.options.runtime;
    const pattern = `${jobId(job.registration)}@*`;
    let cursor = '0';
    do {
      const [next, found] = await client.hscan(
        keys.declarations,
        cursor,
        ...(['MATCH', pattern, 'COUNT', 1_000] as const),
      );
      cursor = next;
      const isFound = found.some((text, i) => {
        // ids and declarations take turns
        const schedule = i % 2 === 1 && read(text)?.registration.schedule;
        return schedule && yieldsSlot(schedule, slot);
      });
      if (isFound) return true;
    } while (cursor !== '0');
    return false;
  }

  /**
   * Says that this worker is gone, of the declarations that no other live worker has: they were
   * last alive so long ago that they are not any more, and are removed in a month.
   */
  async leave(others: Array<{ jobs: string[]; declarations?: string[] }>) {
    const { client, clock, keys } = this.options.runtime;
    const kept = new Set(
      others.flatMap(({ jobs, declarations = [] }) =>
        declarations.map((digest, i) => declarationId(jobs[i], digest)),
      ),
    );
    const gone = this.ids.filter(id => !kept.has(id));
    if (gone.length === 0) return;
    const lastAlive = clock.now() - WORKER_TTL_MS - 1;
    await client.zadd(
      keys.declarationsSeen,
      ...gone.flatMap(id => [lastAlive, id]),
    );
  }

  /** Removes declarations that no worker has had for a month. */
  async removeOld(): Promise<void> {
    const { client, keys, clock } = this.options.runtime;
    const until = clock.now() - KEPT_FOR_MS;
    const old = await client.zrangebyscore(
      keys.declarationsSeen,
      '-inf',
      until,
    );
    if (old.length === 0) return;
    await client.hdel(keys.declarations, ...old);
    await client.zrem(keys.declarationsSeen, ...old);
  }

  private statusOf(job: JobDefinition): Status {
    return this.statuses.get(job.name) ?? ALONE;
  }

  /** This worker's declarations of the jobs of which there are others. */
  private ofSameJobs(others: string[]): string[] {
    return this.ids.filter(id => others.some(other => isOf(id, other)));
  }

  /** Those of the declarations that are there, by their ids. */
  private async readAll(ids: string[]): Promise<Map<string, JobDeclaration>> {
    if (ids.length === 0) return new Map();
    const { client, keys } = this.options.runtime;
    const texts = await client.hmget(keys.declarations, ...ids);
    return new Map(
      ids.flatMap((id, i) => {
        const declaration = read(texts[i]);
        return declaration ? [[id, declaration] as const] : [];
      }),
    );
  }

  private decide(id: string, all: Map<string, JobDeclaration>): Status {
    const own = all.get(id);
    if (!own) return ALONE;
    const rivals = [...all].filter(
      ([other]) => other !== id && isOf(other, id),
    );
    return {
      inForce: rivals.every(
        ([other, declaration]) =>
          (compareDeclarations(own, declaration) || id.localeCompare(other)) <
          0,
      ),
      guardedElsewhere: rivals.some(
        ([, { registration }]) => !registration.manualRun,
      ),
    };
  }

  private digestOf({ registration, tenantScoped }: JobDefinition): string {
    const { tenants } = this.options;
    const text = canonicalDeclaration({
      ...registration,
      ...(tenantScoped && tenants && { tenants }),
    });
    return createHash('sha256').update(text).digest('hex').slice(0, 16);
  }
}

function read(text: string | null): JobDeclaration | undefined {
  return jobDeclarationSchema.safeParse(parseJson(text ?? '')).data;
}

/** Whether two declarations are of the same job. */
function isOf(id: string, other: string): boolean {
  return parseDeclarationId(id).job === parseDeclarationId(other).job;
}
