import { setTimeout as wait } from 'node:timers/promises';
import type { CacheNode } from '@craft-easy/backstage-plugin-operations-node';
import { timed } from './Latency';
import type { Pacer } from './Pacer';

const EVERY_MS = 25;
const CALIBRATION_PINGS = 20;

/** Measures the normal latency, before anything is removed. */
export async function calibrate(
  nodes: CacheNode[],
  pacer: Pacer,
): Promise<void> {
  for (let i = 0; i < CALIBRATION_PINGS; i++) await pingAll(nodes, pacer);
}

/** Measures the latency beside the work, until the signal aborts. */
export async function probe(
  nodes: CacheNode[],
  pacer: Pacer,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    // an error of the server ends the work itself; a probe may also be cut off by the end of it
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
