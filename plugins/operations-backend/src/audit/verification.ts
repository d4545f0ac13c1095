import type { AuditVerification } from '@craft-easy/backstage-plugin-operations-common';
import type { AuditReader } from './AuditReader';
import { searchColumns, type AuditRow } from './AuditStore';
import { GENESIS, hashRow, type AuditBody } from './chain';

const PAGE = 2_000;

/**
 * Walks the chain from its first row: every number is there, every row follows from the one before, its columns say what its text says, and the last
 * is the one that the trail's end was noted to be. Reads page by page, so that memory does not grow with the trail.
 */
export async function verifyTrail(
  reader: Pick<AuditReader, 'rowsAfter' | 'head'>,
): Promise<AuditVerification> {
  // the end first: rows that are added while we walk are not of interest
  const end = await reader.head();
  let last = { sequence: 0, hash: GENESIS, id: '' };
  const answer = (
    brokenAt?: AuditVerification['brokenAt'],
  ): AuditVerification => ({
    whole: !brokenAt,
    rows: last.sequence,
    ...(last.sequence > 0 && { head: last.hash }),
    checkedAt: new Date().toISOString(),
    ...(brokenAt && { brokenAt }),
  });

  if (!end) {
    return answer({
      sequence: 0,
      id: '',
      why: 'the note of where the trail ends is gone',
    });
  }
  while (last.sequence < end.sequence) {
    const rows = await reader.rowsAfter(last.sequence, PAGE);
    if (!rows.length) {
      return answer({
        sequence: last.sequence + 1,
        id: '',
        why: `rows are missing at the end: ${end.sequence} were written`,
      });
    }
    for (const row of rows) {
      if (row.sequence > end.sequence) break;
      const why = whatIsWrong(row, last);
      if (why) {
        return answer({ sequence: row.sequence, id: row.entry_id, why });
      }
      last = { sequence: row.sequence, hash: row.hash, id: row.entry_id };
    }
  }
  if (last.hash !== end.hash) {
    return answer({
      sequence: last.sequence,
      id: last.id,
      why: 'it is not the row that the trail was noted to end with',
    });
  }
  return answer();
}

function whatIsWrong(
  row: AuditRow,
  last: { sequence: number; hash: string },
): string | undefined {
  if (row.sequence !== last.sequence + 1) {
    return `row ${last.sequence + 1} is missing before it`;
  }
  if (row.previous_hash !== last.hash) {
    return 'it does not name the hash of the row before';
  }
  if (row.hash !== hashRow(row.previous_hash, row.body)) {
    return 'its text does not give its hash: it was changed';
  }
  const body: AuditBody = JSON.parse(row.body);
  const columns = {
    sequence: body.sequence,
    entry_id: body.entryId,
    kind: body.kind,
    at: body.at,
    ...searchColumns(body),
  };
  for (const [name, value] of Object.entries(columns)) {
    if (row[name as keyof typeof columns] !== value) {
      return `its column ${name} does not say what its text says`;
    }
  }
  return undefined;
}
