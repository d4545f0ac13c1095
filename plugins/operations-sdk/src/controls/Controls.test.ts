import {
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  RESERVED_CONTROL_KINDS,
  type ControlKind,
  type ControlRecord,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { FlagRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import { Controls } from './Controls';
import { changed, publisherFor } from './__testUtils__/publish';

type NewFlag = Omit<FlagRecord, 'v' | 'revision'>;

const flag = (id: string, variant: 'on' | 'off'): NewFlag => ({
  id,
  type: 'boolean',
  variants: { on: true, off: false },
  variant,
});

describe('Controls', () => {
  let server: PrivateTestRedis;
  let publisher: ReturnType<typeof publisherFor>;
  const open: Controls[] = [];

  beforeEach(async () => {
    server = await startPrivateRedis();
    publisher = publisherFor(server.url, server.namespace);
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map(c => c.close()));
    publisher.close();
    await server.close();
  });

  function controls(pollMs?: number): Controls {
    const created = new Controls({
      connection: server.url,
      namespace: server.namespace,
      pollMs,
      onError: () => {},
    });
    open.push(created);
    return created;
  }

  const up = (c: Controls, value: boolean) =>
    new Promise<void>(resolve => {
      if (c.availability.available === value) {
        resolve();
        return;
      }
      const stop = c.onAvailability(available => {
        if (available !== value) return;
        stop();
        resolve();
      });
    });

  it.each(RESERVED_CONTROL_KINDS)(
    '[protocol.2] ignores %s, a kind that it does not know, and goes on with those it knows',
    async reserved => {
      const errors: Error[] = [];
      const reader = new Controls({
        connection: server.url,
        namespace: server.namespace,
        pollMs: 60_000,
        onError: error => errors.push(error),
      });
      open.push(reader);
      await reader.ready;
      const kind = reserved as ControlKind;
      const revision = await publisher.publish(kind, [
        {
          id: 'h1',
          subject: { kind: 'platform' },
          maxActiveRuns: 3,
          startsAt: '2026-11-20T02:00:00.000Z',
          endsAt: '2999-11-20T02:00:00.000Z',
        } as Pick<ControlRecord, 'id'>,
      ]);
      const { redis, keys } = publisher;
      expect(await redis.get(keys.controlsRevision(kind))).toBe(`${revision}`);
      // messages come in order: with this one, the one before has been received too
      await publisher.publish('flags', [flag('after', 'on')]);
      const flags = reader.state('flags');
      await changed(flags, () => flags.records.has('after'));
      expect(errors).toEqual([]);
    },
  );

  it('reads what was published before it began, and hears of changes', async () => {
    await publisher.publish('flags', [flag('a', 'off')]);
    const reader = controls(60_000);
    await reader.ready;
    const state = reader.state('flags');
    expect(state.records.get('a')?.variant).toBe('off');
    await publisher.publish('flags', [flag('a', 'on'), flag('b', 'on')]);
    await changed(state, () => state.records.get('a')?.variant === 'on');
    expect(state.records.has('b')).toBe(true);
    await publisher.publish('flags', [], ['b']);
    await changed(state, () => !state.records.has('b'));
  });

  it('reads the whole where more was changed than a message carries', async () => {
    const reader = controls(60_000);
    await reader.ready;
    const state = reader.state('flags');
    const many = Array.from({ length: 500 }, (_, i) => flag(`f${i}`, 'on'));
    await publisher.publish('flags', many);
    await changed(state, () => state.records.size === 500);
  });

  it('finds by polling what no message announced', async () => {
    const reader = controls(50);
    await reader.ready;
    const state = reader.state('flags');
    const { keys, redis } = publisher;
    await redis
      .multi()
      .zadd(keys.controlsIndex('flags'), 'inf', 'quiet')
      .set(
        keys.control('flags', 'quiet'),
        JSON.stringify({ ...flag('quiet', 'on'), v: 1, revision: 5 }),
      )
      .set(keys.controlsRevision('flags'), 5)
      .exec();
    await changed(state, () => state.records.has('quiet'));
  });

  it('takes a record that it does not understand for nothing, and the others as they are', async () => {
    const reader = controls(60_000);
    await reader.ready;
    const state = reader.state('flags');
    await publisher.publish('flags', [
      { ...flag('odd', 'on'), variant: 'purple' },
      flag('even', 'on'),
    ]);
    await changed(state, () => state.records.has('even'));
    expect([...state.records.keys()]).toEqual(['even']);
  });

  it('[controls.8] goes on with what it knows when Redis is flushed, stopped and started again', async () => {
    const reader = controls(50);
    await reader.ready;
    const state = reader.state('flags');
    await publisher.publish('flags', [flag('a', 'on')]);
    await changed(state, () => state.records.has('a'));

    await publisher.redis.flushall();
    const polledAfterFlush = reader.availability.asOf!;
    await new Promise<void>(resolve => {
      const timer = setInterval(() => {
        if (reader.availability.asOf! > polledAfterFlush) {
          clearInterval(timer);
          resolve();
        }
      }, 5);
    });
    expect(state.records.get('a')?.variant).toBe('on');

    await server.stop();
    await up(reader, false);
    expect(state.records.get('a')?.variant).toBe('on');

    await server.start();
    await up(reader, true);
    expect(state.records.get('a')?.variant).toBe('on');
    await publisher.publish('flags', [flag('a', 'off')]);
    await changed(state, () => state.records.get('a')?.variant === 'off');
  });
});
