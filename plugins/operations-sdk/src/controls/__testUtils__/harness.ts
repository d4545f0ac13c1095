import {
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import type {
  ControlKind,
  ControlRecord,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { Controls } from '../Controls';
import { changed, publisherFor } from './publish';

/**
 * A real Redis, a publisher as a portal is one, a platform process's controls, and a clock that
 * stands still until it is moved.
 */
export interface Harness {
  server: PrivateTestRedis;
  publisher: ReturnType<typeof publisherFor>;
  controls: Controls;
  clock: { now: number };
  /** Publishes, and waits until this process knows. */
  publish<R extends ControlRecord>(
    kind: ControlKind,
    ...records: Array<Omit<R, 'v' | 'revision'>>
  ): Promise<void>;
  iso(offsetMs: number): string;
  close(): Promise<void>;
}

export async function startHarness(): Promise<Harness> {
  const server = await startPrivateRedis();
  const publisher = publisherFor(server.url, server.namespace);
  const clock = { now: Date.now() };
  const controls = new Controls({
    connection: server.url,
    namespace: server.namespace,
    now: () => clock.now,
    pollMs: 200,
    onError: () => {},
  });
  await controls.ready;
  return {
    server,
    publisher,
    controls,
    clock,
    async publish<R extends ControlRecord>(
      kind: ControlKind,
      ...records: Array<Omit<R, 'v' | 'revision'>>
    ) {
      const revision = await publisher.publish<R>(kind, records);
      const state = controls.state(kind);
      await changed(state, () => state.revision >= revision);
    },
    iso: offset => new Date(clock.now + offset).toISOString(),
    async close() {
      await controls.close();
      publisher.close();
      await server.close();
    },
  };
}
