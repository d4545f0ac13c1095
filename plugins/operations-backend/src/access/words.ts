import type {
  PermissionCondition,
  PermissionCriteria,
} from '@backstage/plugin-permission-common';
import {
  isAndCriteria,
  isNotCriteria,
  isOrCriteria,
} from '@backstage/plugin-permission-node';

type Criteria = PermissionCriteria<PermissionCondition>;

/** A list with more values than this is cut, and the rest is counted. */
const NAMED = 5;

const RULES: Record<string, (params: Record<string, unknown>) => string> = {
  IS_JOB_OWNER: ({ owners }) => `jobs owned by ${listOf(owners)}`,
  HAS_TENANT: ({ tenants }) => `what belongs to tenant ${listOf(tenants)}`,
  HAS_TAG: ({ tags }) => `jobs tagged ${listOf(tags)}`,
};

/** Describes what a conditional decision covers, in words that complete "for …". */
export function conditionInWords(criteria: Criteria): string {
  if (isAndCriteria(criteria)) return joined(criteria.allOf, 'and');
  if (isOrCriteria(criteria)) return joined(criteria.anyOf, 'or');
  if (isNotCriteria(criteria)) {
    return `all but ${grouped(criteria.not)}`;
  }
  const words = RULES[criteria.rule];
  return (
    words?.(criteria.params ?? {}) ?? `what the rule ${criteria.rule} says`
  );
}

function joined(branches: Criteria[], by: 'and' | 'or'): string {
  if (branches.length === 1) return conditionInWords(branches[0]);
  return branches.map(grouped).join(` ${by} `);
}

function grouped(criteria: Criteria): string {
  const isTree =
    (isAndCriteria(criteria) && criteria.allOf.length > 1) ||
    (isOrCriteria(criteria) && criteria.anyOf.length > 1);
  const words = conditionInWords(criteria);
  return isTree ? `(${words})` : words;
}

function listOf(values: unknown): string {
  if (!Array.isArray(values) || !values.length) return 'nobody';
  const named = values.slice(0, NAMED).map(String).join(' or ');
  const more = values.length - NAMED;
  return more > 0 ? `${named} or ${more} more` : named;
}
