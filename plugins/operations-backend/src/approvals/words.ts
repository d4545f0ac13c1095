import type { ApprovalRow } from './ApprovalStore';

/** What was asked for. Capabilities and their versions differ: no value is sure to be there. */
type Given = Record<string, unknown>;
type Describe = (given: Given, target: string) => string;

/** What actions do, to complete "Ada asks to …". Pages say it in the language of their user. */
const DESCRIPTIONS: Record<string, Describe> = {
  'job.run': ({ dryRun }, target) => `${dryRun ? 'dry-run' : 'run'} ${target}`,
  'job.retry': (_, target) => `retry ${target}`,
  'job.cancel': (_, target) => `cancel ${target}`,
  'queue.resume': (_, target) => `resume the queue of ${target}`,
  'run.bulk-retry': ofRuns('retry'),
  'run.bulk-cancel': ofRuns('cancel'),
  'run.bulk-stop': (_, target) => `stop bulk action ${target}`,
  'webhook.replay': ofWebhooks('replay'),
  'webhook.suppress': ofWebhooks('suppress'),
  'webhook.handle': ofWebhooks('mark as handled'),
  'webhook.replay.stop': (_, target) => `stop webhook replay ${target}`,
  'webhook.suppression.create': ({ eventType, endpoint }, tenant) => {
    const event = typeof eventType === 'string' ? eventType : 'webhooks';
    return typeof endpoint === 'string'
      ? `mute ${event} to ${endpoint} of ${tenant}`
      : `mute ${event} of ${tenant}`;
  },
  'webhook.suppression.end': (_, target) => `end mute ${target}`,
  'flag.create': (_, target) => `create ${target}`,
  'flag.toggle': ({ variant }, target) => {
    if (variant === null) return `disable ${target}`;
    return typeof variant === 'string'
      ? `switch ${target} to ${variant}`
      : `change ${target}`;
  },
  'flag.revert': (_, target) => `undo a change of ${target}`,
  'flag.delete': (_, target) => `delete ${target}`,
  'rate-limit.override': ({ subject, limit }) =>
    overrideText(clientOf(subject), fieldsOf(limit)),
  'rate-limit.extend-override': ({ subject }) =>
    `extend the override of ${clientOf(subject)}`,
  'rate-limit.end-override': ({ subject }) =>
    `end the override of ${clientOf(subject)}`,
  'maintenance.begin': ({ scope, mode }) =>
    mode === 'offline'
      ? `take ${scopeOf(scope)} offline`
      : `make ${scopeOf(scope)} read-only`,
  'maintenance.extend': ({ scope }) =>
    `extend maintenance of ${scopeOf(scope)}`,
  'maintenance.end': ({ scope }) => `end maintenance of ${scopeOf(scope)}`,
  'cache.purge': ({ pattern, keyCount }, target) => {
    if (typeof pattern === 'string') return `purge ${pattern} from ${target}`;
    return typeof keyCount === 'number'
      ? `purge ${keyCount === 1 ? '1 key' : `${keyCount} keys`} from ${target}`
      : `purge ${target}`;
  },
  'cache.cancel-purge': (_, target) => `stop purge ${target}`,
  'attention.acknowledge': ofItem('acknowledge'),
  'attention.snooze': ofItem('snooze'),
  'attention.reopen': ofItem('reopen'),
  'approval.approve': (_, target) => `approve request ${target}`,
  'approval.reject': (_, target) => `reject request ${target}`,
  'approval.withdraw': (_, target) => `withdraw request ${target}`,
};

/** What is asked for, in words that complete "Ada asks to …". */
export function requestText(
  row: Pick<ApprovalRow, 'action' | 'target' | 'parameters'>,
): string {
  const { action } = row;
  const target = row.target.replace(/^[a-z-]+:/, '');
  const given = fieldsOf(row.parameters && JSON.parse(row.parameters));
  return (
    DESCRIPTIONS[action]?.(given, target.slice(target.indexOf('/') + 1)) ??
    `perform ${action} on ${target}`
  );
}

/** What an approval is of, as the entries of the audit trail about it name it. */
export function askedOf(
  row: Pick<ApprovalRow, 'action' | 'target' | 'parameters' | 'requestedBy'>,
): object {
  const { action, target, requestedBy } = row;
  const parameters = row.parameters && JSON.parse(row.parameters);
  return { action, target, parameters, requestedBy };
}

/** "user:default/ada.admin" → "ada.admin". */
export function nameOf(entityRef: string): string {
  return entityRef.replace(/^user:(default\/)?/, '');
}

function fieldsOf(value: unknown): Given {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function scopeOf(value: unknown): string {
  const { kind, tenant } = fieldsOf(value);
  return kind === 'tenant' ? String(tenant) : 'the whole platform';
}

function clientOf(value: unknown): string {
  const { tenant, ip, cidr } = fieldsOf(value);
  return String(tenant ?? ip ?? cidr ?? 'a client');
}

function overrideText(client: string, { kind, factor, limit }: Given): string {
  if (kind === 'unlimited') return `remove the limit of ${client}`;
  if (kind === 'multiplier') {
    return `multiply the limit of ${client} by ${factor}`;
  }
  return typeof limit === 'number'
    ? `set the limit of ${client} to ${limit}`
    : `override the limit of ${client}`;
}

function ofItem(verb: string): Describe {
  return ({ item }) =>
    typeof item === 'string'
      ? `${verb} “${item}”`
      : `${verb} an attention item`;
}

function ofRuns(verb: string): Describe {
  return ({ expected }) =>
    typeof expected === 'number'
      ? `${verb} ${expected === 1 ? '1 run' : `${expected} runs`}`
      : `${verb} runs`;
}

function ofWebhooks(verb: string): Describe {
  return ({ eventType, endpoint, expected }) => {
    if (typeof eventType === 'string') {
      return `${verb} ${eventType} to ${endpoint}`;
    }
    return typeof expected === 'number'
      ? `${verb} ${expected === 1 ? '1 webhook' : `${expected} webhooks`}`
      : `${verb} webhooks`;
  };
}
