import type { WebhookSummary } from '@craft-easy/backstage-plugin-operations-common/internal';
import { answer } from './answer';

const tenants = [
  { value: 'a', count: 3 },
  { value: 'b', count: 1 },
];
const summary = (patch: Partial<WebhookSummary>): WebhookSummary => ({
  ...{ total: 4, open: 4, states: [], tenants, eventTypes: [] },
  ...{ errorClasses: [], groupCount: 2, groups: [], hours: [] },
  freshness: { state: 'live', asOf: '2026-11-24T12:00:00.000Z' },
  ...patch,
});

describe('the answer of the inbox', () => {
  it('says how many and whose, of the tenants that were asked for', () => {
    const say = (patch: Partial<WebhookSummary>, asked?: string[]) =>
      answer(summary(patch), Date.now(), asked);
    expect(say({})).toBe('4 deliveries of 2 tenants failed for good');
    expect(say({ open: 1 }, ['b'])).toBe('1 delivery of b failed for good');
    expect(say({ open: 0 })).toBe(
      'Every webhook has arrived, or is dealt with',
    );
    expect(say({ tenants: [] })).toBe('4 deliveries failed for good');
  });
});
