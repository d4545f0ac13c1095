import { mockServices } from '@backstage/backend-test-utils';
import { Badges } from './Badges';
import { badgeJson, badgeStateOf, badgeSvg } from './badge';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const GOOD = {
  last_status: 'succeeded',
  failing_tenant_count: 0,
  failure_streak: 0,
  missed_slot: null,
  due_slot: null,
};

describe('the badge of a job', () => {
  it.each([
    ['up', {}],
    ['up', { last_status: 'cancelled' }],
    ['up', { last_status: 'running', due_slot: NOW - 30_000 }],
    ['late', { due_slot: NOW - 90_000 }],
    ['down', { due_slot: NOW - 90_000, missed_slot: NOW - 90_000 }],
    ['down', { last_status: 'lost' }],
    ['down', { last_status: 'running', failure_streak: 1 }],
    ['down', { failing_tenant_count: 1 }],
    ['new', { last_status: 'never' }],
    ['late', { last_status: 'never', due_slot: NOW - 90_000 }],
  ])('says %s of %p', (state, facts) => {
    expect(badgeStateOf({ ...GOOD, ...facts }, NOW)).toBe(state);
  });

  it('draws any name as text, cut where it is long', () => {
    const svg = badgeSvg('<script>"&"</script>', 'down');
    expect(svg).not.toMatch(/<script|&"|""/);
    expect(svg).toContain('<title>&lt;script>&quot;&amp;&quot;');
    expect(badgeSvg('x'.repeat(200), 'up')).toContain(`${'x'.repeat(59)}…`);
  });

  it('can be read by shields.io', () => {
    expect(badgeJson('nightly', 'late')).toEqual({
      ...{ schemaVersion: 1, label: 'nightly', message: 'late' },
      ...{ color: '#8a5300', isError: false },
    });
  });

  it('needs a key that nobody guesses, and tells part of the tenants nothing', async () => {
    const badges = (key?: string) =>
      new Badges({
        config: mockServices.rootConfig({
          data: { operations: { jobs: { badges: { key } } } },
        }),
        discovery: mockServices.discovery(),
        inventory: { get: async () => undefined },
      });
    expect(() => badges('short')).toThrow(
      'operations.jobs.badges.key: at least 32 characters',
    );
    const seen = { row: { job: { engine: 'checkin', name: 'a' } } } as never;
    await expect(badges().locate(seen)).rejects.toThrow('not switched on');
    await expect(
      badges('k'.repeat(32)).locate({
        ...(seen as object),
        tenants: ['a'],
      } as never),
    ).rejects.toThrow('all tenants');
    await expect(
      badges().show('', { engine: 'checkin', name: 'a' }),
    ).rejects.toThrow('no such badge');
  });
});
