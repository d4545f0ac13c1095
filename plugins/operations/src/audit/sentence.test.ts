import { auditVerb } from './sentence';

describe('the verb of an audit row', () => {
  it.each([
    ['webhook.suppression.create', 'created'],
    ['webhook.suppression.end', 'ended'],
    ['webhook.replay.stop', 'stopped'],
    ['webhook.bulk', 'changed many of'],
    ['rate-limit.override', 'created'],
    ['approval.withdraw', 'took back'],
  ])('of %s says what was done: %s', (action, verb) => {
    expect(auditVerb({ action, outcome: 'succeeded' })).toBe(verb);
  });

  it('tells an attempt from what was done', () => {
    const of = (outcome: 'intended' | 'refused' | 'failed') =>
      auditVerb({ action: 'webhook.replay.stop', outcome });
    expect([of('intended'), of('refused'), of('failed')]).toEqual([
      'set out to stop',
      'was refused to stop',
      'failed to stop',
    ]);
  });

  it('shows an action that it does not know by its own name', () => {
    expect(auditVerb({ action: 'new.thing', outcome: 'succeeded' })).toBe(
      'did new.thing on',
    );
  });
});
