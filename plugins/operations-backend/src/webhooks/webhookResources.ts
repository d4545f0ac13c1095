import type { Knex } from 'knex';
import { whereAnyOf } from '../lib/sql';
import type { WebhookFailureResource } from './webhookRules';

/**
 * Failed webhooks as permission rules see them, in the order asked; undefined where there is none.
 */
export async function getWebhookResources(
  knex: Knex,
  ids: string[],
): Promise<Array<WebhookFailureResource | undefined>> {
  const query = knex('webhook_failures').select('id', 'tenant');
  whereAnyOf(knex, query, 'id', ids);
  const rows: WebhookFailureResource[] = await query;
  const byId = new Map(rows.map(row => [row.id, row]));
  return ids.map(id => byId.get(id));
}
