import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import { visibleText } from '@craft-easy/backstage-plugin-operations-common/internal';

export const EXPORT_FORMATS = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson; charset=utf-8',
} as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

/** By which a spreadsheet knows that a file is UTF-8. */
const BYTE_ORDER_MARK = '\ufeff';

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
  'approval',
  'requestId',
  'ip',
  'userAgent',
];

/** Writes entries, in either format. */
export async function writeEntries(
  out: Writable,
  format: ExportFormat,
  pages: AsyncIterable<AuditEntry[]>,
): Promise<void> {
  if (format === 'jsonl') return writeLines(out, pages);
  return write(
    out,
    pages,
    entry => `${COLUMNS.map(c => cell(entry[c])).join(',')}\r\n`,
    `${BYTE_ORDER_MARK}${COLUMNS.join(',')}\r\n`,
  );
}

/** Writes each item as a line of JSON. */
export function writeLines<T>(
  out: Writable,
  pages: AsyncIterable<T[]>,
): Promise<void> {
  return write(out, pages, item => `${JSON.stringify(item)}\n`);
}

/**
 * Writes page by page, no faster than the client reads. Nothing is written before the first page is
 * there: what fails until then is answered as any other failure.
 */
async function write<T>(
  out: Writable,
  pages: AsyncIterable<T[]>,
  toText: (item: T) => string,
  head = '',
): Promise<void> {
  let before = head;
  for await (const items of pages) {
    if (out.destroyed) return;
    const text = before + items.map(toText).join('');
    before = '';
    if (!out.write(text)) {
      await Promise.race([once(out, 'drain'), once(out, 'close')]);
    }
  }
  out.end(before);
}

/**
 * A cell of RFC 4180, for a person who reads it in a spreadsheet: misleading characters are signs,
 * and what a spreadsheet would take for a formula is written as text. A spreadsheet may leave out
 * blanks and ends of lines before it looks for a formula, and takes the wide signs for the usual
 * ones.
 */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  let text = visibleText(
    typeof value === 'string' ? value : JSON.stringify(value),
  );
  if (/^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(text))
    text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
