/** What a badge says of a job, and how it is drawn. */
import type { JobRow } from '../jobRow';
import { isFailure } from '../runs/runRow';

/**
 * - `up`: its last run did not fail, and none is missed;
 * - `late`: the run of a slot has not started yet;
 * - `down`: it failed, for a tenant at least, or missed a slot;
 * - `new`: it has never run.
 */
export type BadgeState = 'up' | 'late' | 'down' | 'new';

/** A run that starts so long after its slot is on time. */
const ON_TIME_MS = 60_000;

type Facts = Pick<
  JobRow,
  | 'last_status'
  | 'failing_tenant_count'
  | 'failure_streak'
  | 'missed_slot'
  | 'due_slot'
>;

export function badgeStateOf(job: Facts, now: number): BadgeState {
  const failed =
    isFailure(job.last_status) ||
    job.failure_streak > 0 ||
    job.failing_tenant_count > 0;
  if (failed || job.missed_slot !== null) return 'down';
  if (job.due_slot !== null && now - job.due_slot > ON_TIME_MS) return 'late';
  return job.last_status === 'never' ? 'new' : 'up';
}

/** White text on each has a contrast of at least 4.5. */
const COLORS: Record<BadgeState, string> = {
  up: '#2e7d32',
  late: '#8a5300',
  down: '#c62828',
  new: '#5f6368',
};

/** As shields.io reads it from an endpoint. */
export function badgeJson(label: string, state: BadgeState) {
  return {
    schemaVersion: 1,
    label,
    message: state,
    color: COLORS[state],
    isError: state === 'down',
  };
}

/** Width of a character, px; the text is fitted to the sum, whatever the font. */
const CHARACTER_PX = 6.6;
const PADDING_PX = 7;
const MAX_LABEL = 60;

export function badgeSvg(name: string, state: BadgeState): string {
  const label = name.length > MAX_LABEL ? `${name.slice(0, 59)}…` : name;
  const [left, right] = [label, state].map(text => {
    const length = Math.round(text.length * CHARACTER_PX);
    return { text: escapeXml(text), length, width: length + 2 * PADDING_PX };
  });
  const width = left.width + right.width;
  const title = `${left.text}: ${right.text}`;
  const part = (x: number, { text, length }: typeof left) =>
    `<text x="${x + PADDING_PX}" y="14" textLength="${length}">${text}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="20" rx="3" fill="#444"/>`,
    `<path d="M${left.width} 0h${
      right.width - 3
    }a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-${right.width - 3}z" fill="${
      COLORS[state]
    }"/>`,
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">`,
    part(0, left),
    part(left.width, right),
    `</g></svg>`,
  ].join('');
}

function escapeXml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/"/g, '&quot;');
}
