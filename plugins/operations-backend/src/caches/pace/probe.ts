import { setTimeout as wait } from 'node:timers/promises';
import type { CacheNode } from '@craft-easy/backstage-plugin-operations-node';
import { timed } from './Latency';
import type { Pacer } from './Pacer';

const EVERY_MS = 25;
const CALIBRATION_PINGS = 20;

/** Learns what is normal, before anything is done. */
export async function calibrate(
  nodes: CacheNode[],
  pacer: Pacer,
): Promise<void> {
  for (let i = 0; i < CALIBRATION_PINGS; i++) await pingAll(nodes, pacer);
}

/** Feels, beside the work, how long others wait. */
export async function probe(
  nodes: CacheNode[],
  pacer: Pacer,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    // the work itself says what is wrong with the server; a probe cut short at the end is nothing
    await pingAll(nodes, pacer).then(
      () => pacer.adapt(),
      () => {},
    );
    await wait(EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

async function pingAll(nodes: CacheNode[], pacer: Pacer): Promise<void> {
  await Promise.all(
    nodes.map(async node => {
      const { ms } = await timed(() => node.ping());
      if (ms !== undefined) pacer.latency.note(node.id, ms);
    }),
  );
}
