import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import {
  purgeNow,
  testTarget,
} from '../../../plugins/operations-backend/src/caches/__testUtils__/purges';

const READERS = 1_000;
const HOT_KEYS = 2_000;
const BIN_MS = 250;

/** Regenerations per quarter second after a purge, while a thousand readers read hot keys. */
export async function refill(
  url: string,
  mode: 'hard' | 'soft',
  windowSeconds: number,
): Promise<number[]> {
  const redis = new Redis(url);
  const key = (n: number) => `cache:hot:${n}`;
  const pipeline = redis.pipeline();
  for (let n = 0; n < HOT_KEYS; n++) pipeline.set(key(n), 'x');
  await pipeline.exec();

  const begun = Date.now();
  const bins: number[] = [];
  let over = false;
  const regenerating = new Set<number>();
  const reader = async () => {
    while (!over) {
      const n = Math.floor(Math.random() * HOT_KEYS);
      const value = await redis.get(key(n));
      // single flight, as a well-behaved reader does
      if (value === null && !regenerating.has(n)) {
        regenerating.add(n);
        const bin = Math.floor((Date.now() - begun) / BIN_MS);
        bins[bin] = (bins[bin] ?? 0) + 1;
        await redis.set(key(n), 'x');
        regenerating.delete(n);
      }
      await wait(50 + Math.random() * 50);
    }
  };
  const readers = Array.from({ length: READERS }, reader);
  await purgeNow(testTarget({ url }), {
    pattern: 'cache:hot:*',
    mode,
    windowSeconds: mode === 'soft' ? windowSeconds : undefined,
    keysPerSecond: 20_000,
  });
  await wait(windowSeconds * 1_000 + 1_000);
  over = true;
  await Promise.all(readers);
  redis.disconnect();
  const length = Math.ceil(((windowSeconds + 1) * 1_000) / BIN_MS);
  return Array.from({ length }, (_, i) => bins[i] ?? 0);
}

/** Both as bars over the same axes, for the documentation. */
export function plot(hard: number[], soft: number[]): string {
  const width = 720;
  const height = 140;
  const most = Math.max(...hard, ...soft);
  const bars = (
    values: number[],
    top: number,
    colour: string,
    title: string,
  ) => {
    const w = width / values.length;
    const rects = values
      .map((v, i) => {
        const h = (v / most) * height;
        return `<rect x="${(60 + i * w).toFixed(1)}" y="${(
          top +
          height -
          h
        ).toFixed(1)}" width="${(w - 1).toFixed(1)}" height="${h.toFixed(
          1,
        )}" fill="${colour}"/>`;
      })
      .join('');
    const base = top + height;
    return `<text x="60" y="${top - 8}">${title}: at most ${Math.max(
      ...values,
    )} regenerations in a quarter second</text>${rects}<path d="M60 ${base}H${
      60 + width
    }" stroke="#888"/><text x="52" y="${
      top + 10
    }" text-anchor="end">${most}</text><text x="52" y="${base}" text-anchor="end">0</text>`;
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 400" font-family="sans-serif" font-size="13"><rect width="800" height="400" fill="#fff"/>${bars(
    hard,
    40,
    '#d3212d',
    'Hard purge',
  )}${bars(
    soft,
    220,
    '#2a6fc9',
    'Soft purge',
  )}<text x="60" y="380">0 s</text><text x="780" y="380" text-anchor="end">${(
    (hard.length * BIN_MS) /
    1000
  ).toFixed(0)} s</text></svg>\n`;
}
