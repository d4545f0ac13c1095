import { tOf } from '../__testUtils__/translate';
import { auditMessages } from './messages';
import { ACTIONS, say, sayWanted, sentenceOf } from './sentence';

const t = tOf(auditMessages);

/** The sentence of an entry whose action succeeded, with "ada" for who did it. */
function sentence(
  action: string,
  target: string,
  parameters?: object,
  after?: object,
): string {
  const {
    phrase,
    values,
    target: about,
  } = sentenceOf(t, {
    ...{ action, target, parameters, after },
  });
  return say(t, 'succeeded', phrase, {
    who: 'ada',
    target: about,
    ...values,
  });
}

/** Today at noon, of the viewer's clock. */
const noon = new Date(new Date().setHours(12, 0, 0, 0)).toISOString();

describe('[truth.8] the sentence of an entry', () => {
  it.each<[string, string, object, object | undefined, string]>([
    ['job.run', 'job:bullmq/a-job', {}, {}, 'ada ran a-job'],
    ['job.run', 'job:bullmq/b', { dryRun: true }, {}, 'ada dry-ran b'],
    ['job.cancel', 'run:abc', {}, {}, 'ada cancelled run abc'],
    [
      'queue.resume',
      'job:bullmq/export',
      {},
      {},
      'ada resumed the queue of export',
    ],
    [
      'webhook.replay',
      'webhook:7',
      { eventType: 'payment.confirmed', endpoint: 'main' },
      {},
      'ada replayed payment.confirmed to main',
    ],
    [
      'webhook.replay',
      'webhooks',
      { selection: { filter: { tenant: ['nordic-gym'] } }, expected: 5 },
      { count: 4 },
      'ada replayed 4 webhooks of nordic-gym',
    ],
    [
      'webhook.handle',
      'webhooks',
      { selection: { ids: ['a'] }, expected: 1 },
      undefined,
      'ada marked 1 webhook handled',
    ],
    [
      'webhook.suppression.create',
      'webhook-suppressions:acme',
      { endpoint: 'main', until: noon },
      {},
      'ada muted all events at main until 12:00',
    ],
    ['flag.toggle', 'flag:x', { variant: 'on' }, {}, 'ada turned x on'],
    [
      'flag.toggle',
      'flag:x',
      { variant: 'blue', until: noon },
      {},
      'ada switched x to blue until 12:00',
    ],
    ['flag.toggle', 'flag:x', { variant: null }, {}, 'ada disabled x'],
    ['flag.toggle', 'flag:x', { tags: ['a'] }, {}, 'ada changed x'],
    [
      'rate-limit.override',
      'rate-limit-override:3b5e',
      {
        subject: { kind: 'tenant', tenant: 'nordic-gym' },
        limit: { kind: 'multiplier', factor: 5 },
        endsAt: noon,
      },
      {},
      'ada lifted nordic-gym’s limit ×5 until 12:00',
    ],
    [
      'rate-limit.override',
      'rate-limit-override:3b5e',
      {
        subject: { kind: 'cidr', cidr: '10.0.0.0/8' },
        limit: { kind: 'fixed', limit: 500 },
        endsAt: noon,
      },
      {},
      'ada set 10.0.0.0/8’s limit to 500 per window until 12:00',
    ],
    [
      'maintenance.begin',
      'maintenance:9',
      { scope: { kind: 'platform' }, mode: 'offline', endsAt: noon },
      {},
      'ada took the whole platform offline until 12:00',
    ],
    [
      'cache.purge',
      'cache:tenant-api',
      { pattern: 'cache:product:*' },
      {},
      'ada purged cache:product:* from tenant-api',
    ],
    [
      'attention.snooze',
      'attention:535b',
      { item: 'daily-mrr-rollup failed', until: noon },
      {},
      'ada snoozed daily-mrr-rollup failed until 12:00',
    ],
    [
      'approval.request',
      'approval:1',
      {
        action: 'flag.toggle',
        target: 'flag:x',
        parameters: { variant: 'on' },
      },
      {},
      'ada requested approval to turn x on',
    ],
    [
      'approval.approve',
      'approval:1',
      { action: 'maintenance.begin', target: 'maintenance' },
      {},
      'ada approved the request to begin maintenance',
    ],
    [
      'approval.approve',
      'approval:1',
      {},
      {},
      'ada approved the request to act',
    ],
    [
      'maintenance.end',
      'maintenance:1',
      { scope: { kind: 'tenant', tenant: 'harbor-yoga' } },
      { startsAt: '2026-11-30T20:00:00Z', endsAt: '2026-11-30T15:00:00Z' },
      'ada cancelled planned maintenance of harbor-yoga',
    ],
    [
      'rate-limit.end-override',
      'rate-limit-override:1',
      { subject: { kind: 'tenant', tenant: 'harbor-yoga' } },
      { startsAt: '2026-11-30T20:00:00Z', endsAt: '2026-11-30T15:00:00Z' },
      'ada cancelled harbor-yoga’s planned override',
    ],
  ])(
    'of %s on %s says what was done (%#)',
    (action, target, parameters, after, said) => {
      expect(sentence(action, target, parameters, after)).toBe(said);
    },
  );

  it('distinguishes an attempt from what was done', () => {
    const of = (outcome: 'intended' | 'refused' | 'failed') =>
      say(t, outcome, 'replayStop', { who: 'ada', target: 'it' });
    expect([of('intended'), of('refused'), of('failed')]).toEqual(
      Array(3).fill('ada tried to stop it'),
    );
  });

  it('says what it can where the parameters are of another version', () => {
    expect(sentence('rate-limit.override', 'rate-limit-overrides')).toBe(
      'ada overrode a rate limit',
    );
    expect(sentence('maintenance.begin', 'maintenance')).toBe(
      'ada began maintenance',
    );
  });

  it('names an action that it does not know by its own name', () => {
    expect(sentence('new.thing', 'thing:1')).toBe(
      'ada performed new.thing on thing 1',
    );
  });
});

describe('what somebody asks for', () => {
  // done by the portal itself
  const own = ['approval.time-out', 'audit.prune', 'audit.limit'];

  it.each(ACTIONS.filter(action => !own.includes(action)))(
    'has words where it is %s',
    action => {
      expect(sayWanted(t, { action, target: 'thing:1' })).not.toContain(
        'wanted.',
      );
    },
  );

  it('has times with their zone, which no time beside it names', () => {
    const wanted = sayWanted(t, {
      ...{ action: 'flag.toggle', target: 'flag:x' },
      parameters: { variant: 'on', until: noon },
    });
    expect(wanted).toMatch(/^turn x on until 12:00 [A-Z]\w+/);
  });
});
