import { createHmac, timingSafeEqual } from 'node:crypto';
import type { DiscoveryService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { InputError, NotAllowedError, NotFoundError } from '@backstage/errors';
import type { JobBadge } from '@craft-easy/backstage-plugin-operations-common/internal';
import { JobAccess } from '../../permissions/JobAccess';
import type { InventoryStore } from '../inventory/InventoryStore';
import { idOf, type JobKey, type SeenJob } from '../JobsService';
import { badgeStateOf, type BadgeState } from './badge';
import { refusal, sentence } from '../../lib/sentences';

const KEY = 'operations.jobs.badges.key';
const MIN_KEY_LENGTH = 32;

/**
 * Badges of jobs, for whoever has a job's token: it is made from the job's id by the configured
 * key, so nothing is stored, and another key takes all of them back.
 */
export class Badges {
  private readonly key: string | undefined;

  /** @throws InputError if the key is short enough to be guessed */
  constructor(
    private readonly options: {
      config: Config;
      discovery: Pick<DiscoveryService, 'getExternalBaseUrl'>;
      inventory: Pick<InventoryStore, 'get'>;
      now?: () => number;
    },
  ) {
    this.key = options.config.getOptionalString(KEY);
    if (this.key !== undefined && this.key.length < MIN_KEY_LENGTH) {
      throw new InputError(`${KEY}: at least 32 characters are needed`);
    }
  }

  /**
   * Where the badge of a job is.
   * @param seen - the job as the caller sees it
   * @throws NotAllowedError if they see some of its tenants only: the badge tells of all
   * @throws NotFoundError if badges are not switched on
   */
  async locate(seen: SeenJob): Promise<JobBadge> {
    if (seen.tenants) {
      throw refusal(NotAllowedError, sentence('badge-of-all'));
    }
    const badge = await this.of(seen);
    if (!badge) {
      throw refusal(NotFoundError, sentence('badges-off', { key: KEY }));
    }
    return badge;
  }

  /** Where the badge of a job is, if there is one for who sees the job so. */
  async of({ row, tenants }: SeenJob): Promise<JobBadge | undefined> {
    if (tenants || this.key === undefined) return undefined;
    const { job } = row;
    const { discovery } = this.options;
    const base = await discovery.getExternalBaseUrl('operations');
    const path = [tokenOf(this.key, job), job.engine, job.name]
      .map(encodeURIComponent)
      .join('/');
    const address = `${base}/public/badges/${path}`;
    return { svg: `${address}.svg`, json: `${address}.json` };
  }

  /**
   * The state of a job, for the bearer of its token.
   * @throws NotFoundError, the same whether the job or the token is unknown
   */
  async show(token: string, job: JobKey): Promise<BadgeState> {
    const row =
      this.key !== undefined && isSame(token, tokenOf(this.key, job))
        ? await this.options.inventory.get(idOf(job), new JobAccess(true))
        : undefined;
    if (!row) throw refusal(NotFoundError, sentence('badge-missing'));
    return badgeStateOf(row.job, this.options.now?.() ?? Date.now());
  }
}

function tokenOf(key: string, job: JobKey): string {
  return createHmac('sha256', key)
    .update(`badge ${idOf(job)}`)
    .digest('base64url')
    .slice(0, 32);
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
