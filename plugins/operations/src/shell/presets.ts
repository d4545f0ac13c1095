import type { RunStatus } from '@craft-easy/backstage-plugin-operations-common';
import {
  RUN_AGES,
  RUN_DURATIONS,
  WEBHOOK_AGES,
  WEBHOOK_STATES,
  type AuditOutcome,
  type MigrationState,
  type RunTrigger,
  type ScheduleKind,
  type WebhookFailureClass,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { FilterRule } from '@craft-easy/backstage-plugin-operations-react/internal';
import type { SpanName } from '../audit/Span';
import type { UrlParam } from '../hooks/useUrlState';

/** Takes one text. */
const ONE = {} satisfies FilterRule;
/** Takes any texts. */
const MANY = { several: true } satisfies FilterRule;

const oneOf = (values: readonly string[]) => ({ values });
const manyOf = (values: readonly string[]) => ({ values, several: true });

/** The values of a filter: one that is missing does not compile. */
const all = <T extends string>(values: Record<T, 1>) => Object.keys(values);

const STATUSES = all<RunStatus>({
  queued: 1,
  running: 1,
  cancelling: 1,
  succeeded: 1,
  failed: 1,
  cancelled: 1,
  'timed-out': 1,
  lost: 1,
  refused: 1,
});

/**
 * The filters that a portal may set beforehand, by page and by their names in the query string.
 * What each page reads must have the same names (`Presettable`).
 */
const RULES = {
  jobs: {
    search: ONE,
    status: manyOf([...STATUSES, 'never']),
    owner: MANY,
    schedule: manyOf(
      all<ScheduleKind>({ cron: 1, interval: 1, 'on-demand': 1 }),
    ),
    tenant: MANY,
    tag: MANY,
  },
  runs: {
    search: ONE,
    status: manyOf(STATUSES),
    job: MANY,
    owner: MANY,
    tenant: MANY,
    trigger: manyOf(
      all<RunTrigger>({ schedule: 1, manual: 1, retry: 1, api: 1 }),
    ),
    operator: MANY,
    group: MANY,
    duration: manyOf(Object.keys(RUN_DURATIONS)),
    age: oneOf([...Object.keys(RUN_AGES), 'any']),
  },
  webhooks: {
    search: ONE,
    tenant: MANY,
    endpoint: MANY,
    eventType: MANY,
    errorClass: manyOf(
      all<WebhookFailureClass>({
        timeout: 1,
        connection: 1,
        dns: 1,
        tls: 1,
        redirect: 1,
        'client-error': 1,
        'server-error': 1,
        throttled: 1,
        gone: 1,
        'forbidden-address': 1,
        'circuit-open': 1,
        endpoint: 1,
      }),
    ),
    error: MANY,
    state: manyOf(WEBHOOK_STATES),
    age: oneOf(Object.keys(WEBHOOK_AGES)),
  },
  'rate-limits': { search: ONE },
  flags: { search: ONE },
  maintenance: { tenant: ONE },
  migrations: {
    environment: MANY,
    state: manyOf(
      all<MigrationState>({
        settled: 1,
        settling: 1,
        pending: 1,
        missing: 1,
        'out-of-order': 1,
        diverged: 1,
        failed: 1,
        locked: 1,
        silent: 1,
        unknown: 1,
      }),
    ),
  },
  audit: {
    action: MANY,
    outcome: manyOf(
      all<AuditOutcome>({
        intended: 1,
        succeeded: 1,
        refused: 1,
        failed: 1,
        unknown: 1,
      }),
    ),
    actor: MANY,
    tenant: MANY,
    target: ONE,
    job: ONE,
    span: oneOf(all<SpanName>({ '1h': 1, '24h': 1, '7d': 1, '30d': 1 })),
  },
} satisfies Record<string, Record<string, FilterRule>>;

/** What the filters of a page are declared as. `Moment`: what is not set beforehand. */
export type Presettable<
  P extends keyof typeof RULES,
  Moment extends string = never,
> = Record<keyof (typeof RULES)[P] | Moment, UrlParam<any>>;

/** Values of filters, by their names; several of one where it takes several. */
export type Preset = Record<string, string | string[]>;

/** What the filters of a page may be set to; nothing where it has none. */
export function presettableOf(page: string): Record<string, FilterRule> {
  return Object.hasOwn(RULES, page) ? RULES[page as keyof typeof RULES] : {};
}

/** As the query string has them. */
export function presetQuery(preset: Preset): string {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(preset)) {
    for (const value of [values].flat()) query.append(name, value);
  }
  return query.toString();
}
