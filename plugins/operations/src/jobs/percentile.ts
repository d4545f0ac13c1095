import { numberText } from '../components/format';
import { DAY, HOUR, MINUTE, SECOND } from '../components/time';
import type { JobT } from './messages';

const UNITS: Array<[ms: number, unit: string]> = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
  [SECOND, 's'],
];

/**
 * A percentile of durations, which is known to some per cent: "≈ 4 min", rounded as the backend
 * rounds it in its sentences. A dash where it is not known.
 */
export function percentileText(t: JobT, ms: number | undefined): string {
  if (ms === undefined) return '–';
  return t('figure.about', { duration: roughly(ms) });
}

function roughly(ms: number): string {
  const found = UNITS.find(([of]) => ms >= of);
  if (!found) return `${Number(ms.toPrecision(2))} ms`;
  const n = ms / found[0];
  const rounded = n < 10 ? Math.round(n * 2) / 2 : Math.round(n);
  return `${numberText(rounded)} ${found[1]}`;
}
