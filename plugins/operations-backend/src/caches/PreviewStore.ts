import type { Knex } from 'knex';
import type {
  CachePreview,
  CacheSelection,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { bigint, json, Table, text, type RowOf } from '../lib/table';

const PREVIEWS = new Table('cache_previews', {
  id: text(),
  target: text(),
  actor: text(),
  expiresAt: bigint(),
  selection: json<CacheSelection>(),
  preview: json<CachePreview>(),
});
/** What somebody was shown, kept until it is too old to act on. */
export type StoredPreview = RowOf<typeof PREVIEWS>;

export class PreviewStore {
  constructor(private readonly knex: Knex) {}

  async insert(stored: StoredPreview): Promise<void> {
    await this.knex('cache_previews').insert(PREVIEWS.write(stored));
  }

  /** A preview of this person's that is still good. */
  get(
    id: string,
    actor: string,
    now: number,
  ): Promise<StoredPreview | undefined> {
    const own = this.knex('cache_previews').where({ id, actor });
    return PREVIEWS.first(own.where('expires_at', '>', now));
  }

  async deleteExpired(now: number): Promise<void> {
    await this.knex('cache_previews').where('expires_at', '<', now).delete();
  }
}
