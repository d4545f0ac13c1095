import { createHash } from 'node:crypto';
import type { Upcoming } from '@craft-easy/backstage-plugin-operations-common/internal';
import { visibleText } from '@craft-easy/backstage-plugin-operations-common/internal';

/** An event has some length, so that a calendar shows it. */
const SHORTEST_MS = 60_000;
/** RFC 5545, 3.1: a line is at most 75 octets long, without its break. */
const LINE_OCTETS = 75;

/** Upcoming runs as an iCalendar file (RFC 5545). */
export function calendarOf({ items, from }: Upcoming): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//craft-easy//backstage-operations//EN',
    'CALSCALE:GREGORIAN',
    'NAME:Upcoming runs',
    ...items.flatMap(item => {
      const at = Date.parse(item.at);
      const end = item.lastAt
        ? Date.parse(item.lastAt)
        : at + (item.p95DurationMs ?? 0);
      const least = item.countIsExact ? '' : 'at least ';
      const times = item.count > 1 ? ` (${least}${item.count} runs)` : '';
      const notes = [
        item.owner && `Owner: ${item.owner}`,
        item.tenantCount && `Tenants: ${item.tenantCount}`,
        ...item.obstacles.map(obstacle =>
          obstacle.kind === 'no-worker'
            ? 'No live worker announces it'
            : `Held by maintenance of ${
                obstacle.tenant ?? 'the platform'
              } until ${obstacle.until}`,
        ),
      ].filter(note => typeof note === 'string');
      return [
        'BEGIN:VEVENT',
        `UID:${uidOf(item)}`,
        `DTSTAMP:${stamp(from)}`,
        `DTSTART:${stamp(item.at)}`,
        `DTEND:${stamp(Math.max(end, at + SHORTEST_MS))}`,
        `SUMMARY:${escaped(item.jobName + times)}`,
        ...(notes.length ? [`DESCRIPTION:${escaped(notes.join('\n'))}`] : []),
        'TRANSP:TRANSPARENT',
        'END:VEVENT',
      ];
    }),
    'END:VCALENDAR',
  ];
  return lines.map(line => `${folded(line)}\r\n`).join('');
}

/**
 * The same for the same slot, so that a calendar that reads the file again has it once. The one
 * event of a frequent job begins later each time.
 */
function uidOf({ jobId, at, count }: Upcoming['items'][number]): string {
  const slot = count > 1 ? 'often' : at;
  const hash = createHash('sha256').update(`${jobId}\n${slot}`).digest('hex');
  return `${hash.slice(0, 32)}@operations`;
}

/** `20261201T021500Z` */
function stamp(time: string | number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/** RFC 5545, 3.3.11. Names are other people's: what cannot be seen is shown as a sign. */
function escaped(text: string): string {
  return text
    .split('\n')
    .map(line => visibleText(line).replace(/[\\;,]/g, '\\$&'))
    .join('\\n');
}

/** A long line goes on in the next, after a space; no character is cut in two. */
function folded(line: string): string {
  let out = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > LINE_OCTETS) {
      out += '\r\n ';
      octets = 1;
    }
    out += character;
    octets += size;
  }
  return out;
}
