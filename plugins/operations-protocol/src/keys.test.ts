import { readFileSync } from 'fs';
import { resolve } from 'path';
import { CLUSTER_TAGS, clusterTagOf } from './clusterTags';
import { hashSlot } from './hashSlot';
import { protocolKeys, queuePrefixOf } from './keys';
import { queueOf } from './names';

const DOCUMENT = resolve(
  require.resolve('../package.json'),
  '../../../docs/protocol.md',
);

/** Every key and channel, with distinct values for its variable parts. */
function allKeys(namespace?: string): string[] {
  const {
    runsOf: _another,
    runStreams: _others,
    ...keys
  } = protocolKeys(namespace);
  return Object.values(keys).map(key =>
    typeof key === 'string'
      ? key
      : (key as (...parts: string[]) => string)('one', 'two', 'three'),
  );
}

const CLUSTER = { cluster: true };

describe('the keys of the protocol', () => {
  it('live in the namespace and its version, and are distinct', () => {
    const keys = allKeys('shop');
    expect(keys.every(key => key.startsWith('shop:v1:'))).toBe(true);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('keep a namespace in braces, so that a cluster has them all in one slot', () => {
    expect(protocolKeys('{shop}').runs).toBe('{shop}:v1:runs');
  });

  it('are on a cluster spread by tags, each job with what its scripts need in one slot', () => {
    const keys = protocolKeys('shop', CLUSTER);
    expect(keys.lastSlot('sync')).toBe('shop:v1:{8ax}:last-slot:sync');
    for (const job of ['sync', 'nightly-export', 'acme.7', 'app:Send_Mail']) {
      const own = [
        keys.slot(job, 5, 'acme'),
        keys.slot(job, 5, ''),
        keys.lastSlot(job),
        keys.grants(job, 5),
        keys.tenantLock(job, 'acme'),
        keys.requests(job),
        keys.requested(job, 'run-1'),
        // the tag is that of the name as it is called
        `{${clusterTagOf(job)}}`,
      ];
      expect(new Set(own.map(hashSlot)).size).toBe(1);
    }
  });

  it('are on a cluster together where a script, or a read, needs several', () => {
    const keys = protocolKeys('shop', CLUSTER);
    const controls = [
      keys.registry,
      keys.registrySeen,
      keys.declarations,
      keys.declarationsSeen,
      keys.workers,
      keys.worker('w'),
      keys.controlsIndex('flags'),
      keys.controlsRevision('flags'),
      keys.control('flags', 'a'),
      keys.control('flags', 'b'),
      keys.limiters,
      keys.limiterUsage('api', 1),
    ];
    expect(new Set(controls.map(hashSlot)).size).toBe(1);
    const webhooks = [
      keys.webhookFailures,
      keys.webhookPayload('d'),
      keys.webhookEndpoints,
      keys.webhookDispatchers,
      keys.webhookSlots('acme', 'main'),
      keys.webhookReplays,
      keys.webhookReplayResult('c'),
      keys.webhookReplayStop('c'),
    ];
    expect(new Set(webhooks.map(hashSlot)).size).toBe(1);
  });

  it('[protocol.8] spread run streams evenly over a cluster, and the jobs over the streams', () => {
    const { runStreams, runsOf, runs } = protocolKeys('shop', CLUSTER);
    expect(runStreams).toHaveLength(16);
    expect(runs).toBe(runStreams[0]);
    const slots = runStreams.map(hashSlot);
    expect(slots).toEqual(slots.map((_, i) => 1024 * i + 128));
    const jobs = new Map<string, number>();
    for (let i = 0; i < 1000; i++) {
      const stream = runsOf(`job-${i}`);
      jobs.set(stream, (jobs.get(stream) ?? 0) + 1);
    }
    expect([...jobs.keys()].sort()).toEqual([...runStreams].sort());
    expect(Math.max(...jobs.values())).toBeLessThan(100);
  });

  it('have as many run streams as configured, also on one server', () => {
    const { runStreams } = protocolKeys('shop', { runStreams: 2 });
    expect(runStreams).toEqual(['shop:v1:runs:0', 'shop:v1:runs:1']);
    expect(protocolKeys('shop').runStreams).toEqual(['shop:v1:runs']);
    expect(protocolKeys('shop').runsOf('sync')).toBe('shop:v1:runs');
    for (const count of [0, 65, 1.5]) {
      expect(() => protocolKeys('shop', { runStreams: count })).toThrow(
        /runStreams must be a whole number from 1 to 64/,
      );
    }
  });

  it('stay where they are in an installation whose names have braces', () => {
    expect(protocolKeys('{shop}', CLUSTER)).toMatchObject({
      runs: '{shop}:v1:runs',
      registry: '{shop}:v1:registry',
      runStreams: ['{shop}:v1:runs'],
    });
    expect(queuePrefixOf('sync', '{bull}', CLUSTER)).toBe('{bull}');
  });

  it('have queues beside them, each with the tag of its name', () => {
    expect(queuePrefixOf('sync')).toBe('bull');
    const prefix = queuePrefixOf('sync', 'bull', CLUSTER);
    expect(prefix).toBe('bull:{8ax}');
    const queue = queueOf('app.mail');
    const tag = `{${clusterTagOf('app~2Email')}}`;
    expect(queuePrefixOf(queue, 'bull', CLUSTER)).toBe(`bull:${tag}`);
    const keys = protocolKeys('shop', CLUSTER);
    expect(keys.lastSlot('app.mail')).toBe(
      `shop:v1:{${clusterTagOf('app.mail')}}:last-slot:app~2Email`,
    );
    expect(CLUSTER_TAGS).toContain('8ax');
  });

  it('are each described in docs/protocol.md', () => {
    const document = readFileSync(DOCUMENT, 'utf8');
    const missing = allKeys()
      .map(key => key.replace(/^operations:v1:/, ''))
      .map(key => key.replace(/:(one|two|three)\b.*$/, ''))
      .filter(key => !document.includes(`\`${key}`));
    expect(missing).toEqual([]);
  });
});
