import { DAY_MS, HOUR_MS, MINUTE_MS } from './time';

const UNITS: Array<[ms: number, unit: string]> = [
  [DAY_MS, 'd'],
  [HOUR_MS, 'h'],
  [MINUTE_MS, 'min'],
  [1000, 's'],
];

/** A duration that is known exactly, in at most two units, as people say it: `2 h 30 min`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const parts: string[] = [];
  let rest = Math.round(ms / 1000) * 1000;
  for (const [size, unit] of UNITS) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n && parts.length < 2) parts.push(`${n} ${unit}`);
    else if (parts.length) break;
  }
  return parts.join(' ');
}

/** A duration that is known to some per cent, such as a percentile: `4 min`. */
export function roughDuration(ms: number): string {
  if (ms < 1000) return `${Number(ms.toPrecision(2))} ms`;
  const [size, unit] = UNITS.find(([of]) => ms >= of)!;
  const n = ms / size;
  return `${n < 10 ? Math.round(n * 2) / 2 : Math.round(n)} ${unit}`;
}
