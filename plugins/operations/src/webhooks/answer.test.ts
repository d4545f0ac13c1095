import type { WebhookSummary } from '@craft-easy/backstage-plugin-operations-common/internal';
import { tOf } from '../__testUtils__/translate';
import { answer } from './answer';
import { webhookMessages } from './messages';

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
    const t = tOf(webhookMessages);
    const say = (patch: Partial<WebhookSummary>, asked?: string[]) =>
      answer(t, summary(patch), Date.now(), asked);
    expect(say({})).toBe('2 tenants: 4 deliveries failed');
    expect(say({ open: 1 }, ['b'])).toBe('b: 1 delivery failed');
    expect(say({ open: 0 })).toBe('No open failures');
    expect(say({ open: 0 }, ['b'])).toBe('b: no open failures');
    expect(say({ tenants: [] })).toBe('4 deliveries failed');
  });
});
