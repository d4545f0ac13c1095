import type { RunTrigger } from '@craft-easy/backstage-plugin-operations-common/internal';

/** What can set a run going, in the order of the facets; `trigger.…` are their words. */
export const TRIGGERS = [
  'schedule',
  'manual',
  'retry',
  'api',
] as const satisfies RunTrigger[];

export function isTrigger(value: string): value is (typeof TRIGGERS)[number] {
  return (TRIGGERS as readonly string[]).includes(value);
}
