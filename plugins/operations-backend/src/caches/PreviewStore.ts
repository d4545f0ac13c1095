import type { Knex } from 'knex';
import type {
  CachePreview,
  CacheSelection,
} from '@craft-easy/backstage-plugin-operations-common/internal';

/** What somebody was shown, kept until it is too old to act on. */
export interface StoredPreview {
  id: string;
  target: string;
  actor: string;
  expiresAt: number;
  selection: CacheSelection;
  preview: CachePreview;
}

export class PreviewStore {
  constructor(private readonly knex: Knex) {}

  async insert(stored: StoredPreview): Promise<void> {
    await this.knex('cache_previews').insert({
      id: stored.id,
      target: stored.target,
      actor: stored.actor,
      expires_at: stored.expiresAt,
      selection: JSON.stringify(stored.selection),
      preview: JSON.stringify(stored.preview),
    });
  }

  /** A preview of this person's that is still good. */
  async get(
    id: string,
    actor: string,
    now: number,
  ): Promise<StoredPreview | undefined> {
    const row = await this.knex('cache_previews')
      .where({ id, actor })
      .where('expires_at', '>', now)
      .first();
    return (
      row && {
        id: row.id,
        target: row.target,
        actor: row.actor,
        expiresAt: Number(row.expires_at),
        selection: JSON.parse(row.selection),
        preview: JSON.parse(row.preview),
      }
    );
  }

  async deleteExpired(now: number): Promise<void> {
    await this.knex('cache_previews').where('expires_at', '<', now).delete();
  }
}
