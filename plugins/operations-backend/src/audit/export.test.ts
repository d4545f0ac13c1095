import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import { writeEntries } from './export';

async function exported(...reasons: string[]): Promise<string> {
  const out = new PassThrough();
  const entries = reasons.map(
    reason => ({ id: 'entry', reason } as AuditEntry),
  );
  const [bytes] = await Promise.all([
    buffer(out),
    writeEntries(
      out,
      'csv',
      (async function* pages() {
        yield entries;
      })(),
    ),
  ]);
  // A reader of texts would leave out the mark.
  return bytes.toString('utf8');
}

/** What a spreadsheet reads as the reason of the only entry. */
async function reasonOf(reason: string): Promise<string> {
  const csv = await exported(reason);
  const row = csv.slice(csv.indexOf('\r\n') + 2);
  const cell = /^entry,,,,,,,(?:"((?:[^"]|"")*)"|([^",\r\n]*)),/.exec(row);
  if (!cell) throw new Error(`no cell in ${JSON.stringify(row)}`);
  return cell[1]?.replaceAll('""', '"') ?? cell[2];
}

describe('the CSV of the audit trail', () => {
  it.each([
    '=1+1',
    '\n=1+1',
    ' \t=1+1',
    '\u00a0@SUM(A1)',
    '+46 8 123',
    '-1',
    '＝1+1',
    '\tx',
  ])('[guarantees.6] has %j as a text', async reason => {
    expect(await reasonOf(reason)).toBe(`'${reason}`);
  });

  it('[guarantees.6] shows what would mislead the reader as a sign', async () => {
    expect(await reasonOf('ok\u202eko\u001b[2J\r')).toBe('ok⟨U+202E⟩ko␛[2J␍');
  });

  it('[guarantees.6] has no cell that a spreadsheet would take for a formula, whatever a reason is', async () => {
    const start = fc.constantFrom(
      ' ',
      '\n',
      '\r',
      '\t',
      '\u00a0',
      '\u2028',
      '\ufeff',
      '=',
      '+',
      '-',
      '@',
      '＝',
      'x',
    );
    const reasons = fc
      .tuple(fc.array(start, { maxLength: 4 }), fc.string({ unit: 'binary' }))
      .map(([begin, rest]) => begin.join('') + rest);
    await fc.assert(
      fc.asyncProperty(reasons, async reason => {
        expect(await reasonOf(reason)).not.toMatch(
          /^[\s\ufeff\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|^[\t\r]/u,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('begins with a mark by which a spreadsheet knows that it is UTF-8', async () => {
    expect(await exported('Återställt 🚑')).toMatch(/^\ufeffid,at,actor,/);
    expect(await reasonOf('Återställt 🚑')).toBe('Återställt 🚑');
  });
});
