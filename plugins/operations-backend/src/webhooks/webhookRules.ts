import {
  createConditionExports,
  createPermissionResourceRef,
  createPermissionRule,
} from '@backstage/plugin-permission-node';
import { RESOURCE_TYPE_WEBHOOK_FAILURE } from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import { tenantParameter } from '@craft-easy/backstage-plugin-operations-common/internal';
import { z } from 'zod';
import { whereAnyOf } from '../lib/sql';

/** What permission rules know of a failed webhook. @public */
export interface WebhookFailureResource {
  id: string;
  tenant: string;
}

/** What a rule asks for, as data. @public */
export interface WebhookFailureFilter {
  tenants: string[];
}

/** Reference to the resource type of failed webhooks. @public */
export const webhookFailureResourceRef = createPermissionResourceRef<
  WebhookFailureResource,
  WebhookFailureFilter
>().with({
  pluginId: 'operations',
  resourceType: RESOURCE_TYPE_WEBHOOK_FAILURE,
});

/** Rules that conditional decisions on failed webhooks are made of. @public */
export const webhookFailureRules = {
  hasTenant: createPermissionRule({
    name: 'HAS_TENANT',
    description: 'Allow for the failed webhooks of these tenants',
    resourceRef: webhookFailureResourceRef,
    paramsSchema: z.object({
      tenants: z.array(tenantParameter).max(1000).describe('Ids of tenants'),
    }),
    apply: (failure, { tenants }) => tenants.includes(failure.tenant),
    toQuery: ({ tenants }) => ({ tenants }),
  }),
};

/** `conditions` and `createConditionalDecision` for permission policies. @public */
export const webhookFailureConditionExports = createConditionExports({
  resourceRef: webhookFailureResourceRef,
  rules: webhookFailureRules,
});

/** Conditions for policies: `webhookFailureConditions.hasTenant({ tenants })`. @public */
export const webhookFailureConditions =
  webhookFailureConditionExports.conditions;

/** Makes a conditional decision on a webhook permission. @public */
export const createWebhookFailureConditionalDecision =
  webhookFailureConditionExports.createConditionalDecision;

/**
 * Failed webhooks as permission rules see them, in the order asked; undefined where there is none.
 */
export async function getWebhookResources(
  knex: Knex,
  ids: string[],
): Promise<Array<WebhookFailureResource | undefined>> {
  const failures = knex('webhook_failures').select('id', 'tenant');
  const rows: WebhookFailureResource[] = await whereAnyOf(failures, 'id', ids);
  const byId = new Map(rows.map(row => [row.id, row]));
  return ids.map(id => byId.get(id));
}
