import type { WorkerRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import { aWorker } from '../../__testUtils__/records';
import { clockFacts, portalClockFact } from './clockFacts';

const NOW = new Date('2026-11-24T08:00:00Z');

const worker = (id: string, more: Partial<WorkerRecord> = {}) =>
  aWorker({ id, ...more });

describe('the clocks of machines', () => {
  it('need nobody while they are right, or where a worker does not say', () => {
    const workers = [
      worker('one', { clockSkewMs: 1_900 }),
      worker('other', { clockSkewMs: -1_900, host: 'node-2' }),
      worker('silent'),
    ];
    expect(clockFacts(workers, NOW)).toEqual([]);
  });

  it('[protocol.6] need somebody above two seconds: one item a machine', () => {
    const workers = [
      worker('one', { clockSkewMs: 45_000 }),
      worker('other', { clockSkewMs: 45_010 }),
      worker('behind', { clockSkewMs: -2_100, host: 'node-2' }),
    ];
    expect(clockFacts(workers, NOW)).toEqual([
      expect.objectContaining({
        key: 'worker-clock:node-1',
        kind: 'worker-clock',
        severity: 'normal',
        title: 'The clock of node-1 is 45 s ahead',
      }),
      expect.objectContaining({
        key: 'worker-clock:node-2',
        title: 'The clock of node-2 is 2 s behind',
      }),
    ]);
  });

  it('[protocol.6] are urgent where workers take no job for it', () => {
    const [item] = clockFacts(
      [worker('one', { clockSkewMs: 600_000, heldBecause: 'the clock' })],
      NOW,
    );
    expect(item).toMatchObject({ severity: 'high' });
    expect(item.detail).toMatch(/take no job/);
  });

  it("[protocol.6] need somebody where it is the portal's, by which ages are reckoned", () => {
    expect(portalClockFact(1_900, NOW)).toEqual([]);
    expect(portalClockFact(-45_400, NOW)).toEqual([
      expect.objectContaining({
        kind: 'portal-clock',
        title: expect.stringMatching(
          /^The portal's clock on .+ is 45 s behind$/,
        ),
      }),
    ]);
  });
});
