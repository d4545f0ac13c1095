import { mockServices } from '@backstage/backend-test-utils';
import { refuseUnknownSettings } from './settings';

const refuse = (operations: object) => () =>
  refuseUnknownSettings(mockServices.rootConfig({ data: { operations } }));

describe('[portal.3] a setting that nobody reads is refused at the start', () => {
  it.each<[object, string]>([
    [
      { ratelimits: { maxFactor: 2 } },
      'operations.ratelimits is no setting; did you mean `rateLimits`?',
    ],
    [
      { rateLimits: { maxDuration: 4 } },
      'operations.rateLimits.maxDuration is no setting; did you mean `maxDurationHours`?',
    ],
    [
      { maintenance: { max_duration_hours: 4 } },
      'operations.maintenance.max_duration_hours is no setting; did you mean `maxDurationHours`?',
    ],
    [
      { maintenance: { length: 4 } },
      'operations.maintenance.length is no setting; known are maxDurationHours',
    ],
    [
      { jobs: { retention: { runsDays: 30 } } },
      'operations.jobs.retention.runsDays is no setting; did you mean `runDays`?',
    ],
    [
      { jobs: { retention: { jobs: [{ name: 'bullmq/x', runDays: 1 }] } } },
      'operations.jobs.retention.jobs[0].name is no setting; known are job, runDays',
    ],
    [
      { audit: { retentiondays: 30 } },
      'operations.audit.retentiondays is no setting; did you mean `retentionDays`?',
    ],
    [
      { audit: { checkpoints: { key: [] } } },
      'operations.audit.checkpoints.key is no setting; did you mean `keys`?',
    ],
    [
      { requests: { keys: [{ id: 'a', private_key: 'x' }] } },
      'operations.requests.keys[0].private_key is no setting; did you mean `privateKey`?',
    ],
    [
      { caches: { targets: [{ name: 'a', redis: { uri: 'redis://a' } }] } },
      'operations.caches.targets[0].redis.uri is no setting; did you mean `url`?',
    ],
    [
      { caches: { target: [] } },
      'operations.caches.target is no setting; did you mean `targets`?',
    ],
    [
      { approvals: { actions: [{ action: 'a', if: {} }] } },
      'operations.approvals.actions[0].if is no setting; known are action, when, description, withinMinutes',
    ],
    [
      { webhooks: { failuresPerDay: 3 } },
      'operations.webhooks.failuresPerDay is no setting; known are failuresPerHour, retention',
    ],
    [
      { attention: { jobs: { failureTreshold: 2 } } },
      'operations.attention.jobs.failureTreshold is no setting; did you mean `failureThreshold`?',
    ],
    [
      { flags: [{ key: 'a', default: 'on' }] },
      'operations.flags[0].default is no setting; known are key, type, variants, defaultVariant, description, owner, tags, staleAfter',
    ],
  ])('%j: %s', (operations, sentence) => {
    expect(refuse(operations)).toThrow(new Error(sentence));
  });

  it('takes what has names of its own, and leaves to others what they read', () => {
    expect(
      refuse({
        redis: { url: 'redis://localhost' },
        jobs: { observedQueues: [{ queue: 'a' }] },
        flags: [{ key: 'a', variants: { blue: { dark: true } } }],
        approvals: { actions: [{ action: 'a', when: { tenant: 'acme' } }] },
        migrations: { databases: [{ connection: { host: 'db' } }] },
      }),
    ).not.toThrow();
  });
});
