import {
  compareDeclarations,
  differingFields,
  jobDeclarationSchema,
  parseDeclarationId,
  type JobDeclaration,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { WORKER_TTL_MS } from '@craft-easy/backstage-plugin-operations-protocol';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import type { LiveDeclaration } from '../../jobs/ports';
import { groupBy } from '../../lib/groupBy';
import { parseJson } from '../../lib/json';
import { redisTime } from '../../lib/redisTime';

/** Fields asked for by one command. */
const CHUNK = 500;

interface Known {
  digest: string;
  declaration: JobDeclaration;
}

/**
 * The declarations that live workers have of each job, as of the last look: one, but while versions
 * mix, as in every rolling deploy.
 */
export class DeclarationDirectory {
  private read = new Map<string, Known>();
  private byJob = new Map<string, Known[]>();

  constructor(private readonly redis: OperationsRedis) {}

  async look(): Promise<void> {
    const { keys } = this.redis;
    const alive = await this.redis.execute(async client => {
      const now = await redisTime(client, keys.declarationsSeen);
      const since = now - WORKER_TTL_MS;
      return client.zrangebyscore(keys.declarationsSeen, since, '+inf');
    });
    const idsOf = groupBy(alive, id => parseDeclarationId(id).job);
    // of a declaration only the version ever changes, which matters where there are several
    const unread = alive.filter(
      id =>
        !this.read.has(id) || idsOf.get(parseDeclarationId(id).job)!.length > 1,
    );
    const fresh = await this.readAll(unread);
    this.read = new Map(
      alive.flatMap(id => {
        const known = fresh.get(id) ?? this.read.get(id);
        return known ? [[id, known] as const] : [];
      }),
    );
    this.byJob = new Map(
      [...idsOf].map(([job, ids]) => [job, this.inOrder(ids)]),
    );
  }

  /** Whether a live worker's declaration of a job forbids manual runs, and why. */
  guardOf(jobId: string): { reason?: string } | undefined {
    const guarding = this.byJob
      .get(jobId)
      ?.find(({ declaration }) => !declaration.registration.manualRun);
    return (
      guarding && { reason: guarding.declaration.registration.manualRunReason }
    );
  }

  /** The declarations of a job, the one in force first; none where there is but one. */
  of(jobId: string): Array<Omit<LiveDeclaration, 'workers'>> {
    const known = this.byJob.get(jobId) ?? [];
    if (known.length < 2) return [];
    const [first] = known;
    return known.map(({ digest, declaration }, i) => ({
      digest,
      version: declaration.version,
      announcedAt: declaration.announcedAt,
      inForce: i === 0,
      manualRun: declaration.registration.manualRun,
      differsIn: differingFields(
        first.declaration.registration,
        declaration.registration,
      ),
    }));
  }

  private inOrder(ids: string[]): Known[] {
    return ids
      .flatMap(id => this.read.get(id) ?? [])
      .sort(
        (a, b) =>
          compareDeclarations(a.declaration, b.declaration) ||
          a.digest.localeCompare(b.digest),
      );
  }

  private async readAll(ids: string[]): Promise<Map<string, Known>> {
    const found = new Map<string, Known>();
    const { keys } = this.redis;
    for (let i = 0; i < ids.length; i += CHUNK) {
      const chunk = ids.slice(i, i + CHUNK);
      const texts = await this.redis.execute(client =>
        client.hmget(keys.declarations, ...chunk),
      );
      texts.forEach((text, n) => {
        const parsed = parseJson(jobDeclarationSchema, text ?? '');
        // what cannot be read counts for nothing
        if ('why' in parsed) return;
        const { digest } = parseDeclarationId(chunk[n]);
        found.set(chunk[n], { digest, declaration: parsed.data });
      });
    }
    return found;
  }
}
