import {
  createConditionExports,
  createPermissionResourceRef,
  createPermissionRule,
} from '@backstage/plugin-permission-node';
import { RESOURCE_TYPE_JOB } from '@craft-easy/backstage-plugin-operations-common';
import { z } from 'zod';

/**
 * What permission rules know of a job. `tenants`: those it runs for; for a run, its own tenant.
 * @public
 */
export interface JobResource {
  /** `<engine>/<name>` */
  id: string;
  /** entity reference in lower case, or '' */
  owner: string;
  tags: string[];
  tenants: string[];
}

/**
 * What a rule asks for, as data: evaluated in memory for one job, turned into SQL for lists.
 * @public
 */
export interface JobFilter {
  kind: 'owner' | 'tenant' | 'tag';
  values: string[];
}

/** Reference to the resource type of jobs. @public */
export const jobResourceRef = createPermissionResourceRef<
  JobResource,
  JobFilter
>().with({ pluginId: 'operations', resourceType: RESOURCE_TYPE_JOB });

/** Whether a job has what the filter asks for. */
export function matchesFilter(job: JobResource, filter: JobFilter): boolean {
  switch (filter.kind) {
    case 'owner':
      return filter.values.includes(job.owner);
    case 'tenant':
      return job.tenants.some(t => filter.values.includes(t));
    default:
      return job.tags.some(t => filter.values.includes(t));
  }
}

const values = z.array(z.string().min(1).max(300)).max(1000);

const ownerFilter = ({ owners }: { owners: string[] }): JobFilter => ({
  kind: 'owner',
  values: owners.map(o => o.toLowerCase()),
});
const tenantFilter = ({ tenants }: { tenants: string[] }): JobFilter => ({
  kind: 'tenant',
  values: tenants,
});
const tagFilter = ({ tags }: { tags: string[] }): JobFilter => ({
  kind: 'tag',
  values: tags,
});

/** Rules that conditional decisions on jobs are made of. @public */
export const jobRules = {
  isJobOwner: createPermissionRule({
    name: 'IS_JOB_OWNER',
    description: 'Allow for jobs owned by one of these users or groups',
    resourceRef: jobResourceRef,
    paramsSchema: z.object({
      owners: values.describe(
        'Entity references, such as the ownership claims of the user',
      ),
    }),
    apply: (job, params) => matchesFilter(job, ownerFilter(params)),
    toQuery: ownerFilter,
  }),
  hasTenant: createPermissionRule({
    name: 'HAS_TENANT',
    description:
      'Allow for these tenants: jobs that run for them, and of those only what belongs to these tenants',
    resourceRef: jobResourceRef,
    paramsSchema: z.object({ tenants: values.describe('Ids of tenants') }),
    apply: (job, params) => matchesFilter(job, tenantFilter(params)),
    toQuery: tenantFilter,
  }),
  hasTag: createPermissionRule({
    name: 'HAS_TAG',
    description: 'Allow for jobs that carry one of these tags',
    resourceRef: jobResourceRef,
    paramsSchema: z.object({ tags: values.describe('Tags') }),
    apply: (job, params) => matchesFilter(job, tagFilter(params)),
    toQuery: tagFilter,
  }),
};

/** `conditions` and `createConditionalDecision` for permission policies. @public */
export const operationsConditionExports = createConditionExports({
  resourceRef: jobResourceRef,
  rules: jobRules,
});

/**
 * Conditions for policies: `operationsConditions.isJobOwner({ owners })`,
 * `.hasTenant({ tenants })`, `.hasTag({ tags })`.
 * @public
 */
export const operationsConditions = operationsConditionExports.conditions;

/** Makes a conditional decision on a job permission out of {@link operationsConditions}. @public */
export const createOperationsConditionalDecision =
  operationsConditionExports.createConditionalDecision;
