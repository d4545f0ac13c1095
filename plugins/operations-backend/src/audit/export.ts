import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';

export const EXPORT_FORMATS = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson; charset=utf-8',
} as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

const COLUMNS: Array<keyof AuditEntry> = [
  'id',
  'at',
  'actor',
  'onBehalfOf',
  'action',
  'target',
  'tenant',
  'reason',
  'outcome',
  'outcomeAt',
  'error',
  'parameters',
  'before',
  'after',
  'requestId',
  'ip',
  'userAgent',
];

/** Writes entries page by page, no faster than they are taken. */
export async function writeExport(
  out: Writable,
  format: ExportFormat,
  pages: AsyncIterable<AuditEntry[]>,
): Promise<void> {
  if (format === 'csv') out.write(`${COLUMNS.join(',')}\r\n`);
  for await (const entries of pages) {
    if (out.destroyed) return;
    const text = entries
      .map(entry =>
        format === 'csv'
          ? `${COLUMNS.map(c => cell(entry[c])).join(',')}\r\n`
          : `${JSON.stringify(entry)}\n`,
      )
      .join('');
    if (!out.write(text))
      await Promise.race([once(out, 'drain'), once(out, 'close')]);
  }
  out.end();
}

/** RFC 4180; what a spreadsheet would take for a formula is made text. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  let text = typeof value === 'string' ? value : JSON.stringify(value);
  if (/^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
