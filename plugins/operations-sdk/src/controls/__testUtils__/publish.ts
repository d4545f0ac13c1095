import { Redis } from 'ioredis';
import {
  publicationArguments,
  PUBLISH_CONTROLS_LUA,
  type ControlKind,
  type ControlRecord,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { protocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import { within } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import type { ControlState } from '../ControlState';

/** Publishes as a portal does, by the protocol alone. */
export function publisherFor(url: string, namespace: string) {
  const redis = new Redis(url);
  redis.on('error', () => {});
  const keys = protocolKeys(namespace);
  let revision = 0;
  return {
    redis,
    keys,
    async publish<R extends ControlRecord>(
      kind: ControlKind,
      records: Array<Omit<R, 'v' | 'revision'>>,
      removed: string[] = [],
    ): Promise<number> {
      const base = Number((await redis.get(keys.controlsRevision(kind))) ?? 0);
      revision = Math.max(revision + 1, base + 1, Date.now());
      const { keys: names, args } = publicationArguments(keys, {
        kind,
        base,
        revision,
        records: records.map(r => ({ ...r, v: 1, revision })),
        removed,
      });
      await redis.eval(PUBLISH_CONTROLS_LUA, names.length, ...names, ...args);
      return revision;
    },
    close: () => redis.disconnect(),
  };
}

/** Resolves as soon as a condition holds, asked again at each change of a state. */
export function changed(
  state: Pick<ControlState<ControlRecord>, 'onChange' | 'revision' | 'records'>,
  condition: () => boolean,
): Promise<void> {
  const holds = new Promise<void>(resolve => {
    let stop = () => {};
    const check = () => {
      if (!condition()) return;
      stop();
      resolve();
    };
    stop = state.onChange(check);
    check();
  });
  return within(
    () =>
      `${condition}; seen: revision ${state.revision}, ${state.records.size} records`,
    holds,
  );
}
