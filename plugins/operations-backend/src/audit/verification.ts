import type { AuditVerification } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AuditCheckpoint } from '@craft-easy/backstage-plugin-operations-common';
import type { AuditReader } from './AuditReader';
import { searchColumns, type AuditRow } from './AuditStore';
import { GENESIS, hashRow, type AuditBody } from './chain';
import {
  CheckpointComparison,
  type Evidence,
} from './checkpoints/CheckpointComparison';

const PAGE = 2_000;

type BrokenAt = NonNullable<AuditVerification['brokenAt']>;

/** The last row that the walk has read. */
interface Place {
  sequence: number;
  hash: string;
  id: string;
}

/** A trail that an earlier walk found intact up to its row `rows`. */
export type Verified = AuditVerification & { head: string };

/**
 * Walks the chain from its first row. Every number must be there, every row must follow from the
 * one before, its columns must match its text, the last row must be the recorded end, and every
 * signed checkpoint must match. The walk reads page by page, so that memory does not grow with
 * the trail.
 *
 * @param before - an earlier walk to continue from, trusted for the rows up to its end
 */
export async function verifyTrail(
  reader: Pick<AuditReader, 'rowsAfter' | 'head' | 'row'>,
  evidence?: Evidence,
  before?: Verified,
): Promise<AuditVerification> {
  const start = await evidence?.start();
  const verification = await walk(reader, evidence, start, before);
  if (verification.whole) return asRemembered(verification, reader, evidence);
  // Rows may have been pruned during the walk, in which case the trail begins elsewhere now.
  const now = await evidence?.start();
  if (now?.sequence === start?.sequence) return verification;
  return walk(reader, evidence, now);
}

/** A chain that is whole may be another one: the process compares it with what it has seen. */
async function asRemembered(
  verification: AuditVerification,
  reader: Pick<AuditReader, 'row'>,
  evidence: Evidence | undefined,
): Promise<AuditVerification> {
  const seen = evidence?.remembered;
  if (!seen || seen.sequence <= (verification.startsAfter ?? 0)) {
    return verification;
  }
  const { sequence, since, hash } = seen;
  const row = await reader.row(sequence);
  if (row?.hash === hash) {
    return { ...verification, remembered: { sequence, since } };
  }
  const why = row
    ? `the portal's process has seen another row here, at ${since}: the trail was rewritten or replaced`
    : `the portal's process has seen ${sequence} rows, at ${since}: the trail was cut short or replaced`;
  return { ...verification, whole: false, brokenAt: { sequence, id: '', why } };
}

async function walk(
  reader: Pick<AuditReader, 'rowsAfter' | 'head'>,
  evidence: Evidence | undefined,
  start: AuditCheckpoint | undefined,
  before?: Verified,
): Promise<AuditVerification> {
  const compared =
    evidence && new CheckpointComparison(evidence, start, before);
  // The end is read first: rows that are appended during the walk are not part of it.
  const end = await reader.head();
  let last: Place = { sequence: 0, hash: GENESIS, id: '' };
  const answer = (brokenAt?: BrokenAt): AuditVerification => ({
    whole: !brokenAt,
    rows: last.sequence,
    ...(last.sequence > 0 && { head: last.hash }),
    checkedAt: new Date().toISOString(),
    ...(start && { startsAfter: start.sequence }),
    ...(compared && { checkpoints: compared.counts }),
    ...(brokenAt && { brokenAt }),
  });
  const broken = (sequence: number, why: string, id = '') =>
    answer({ sequence, id, why });

  if (!end) return broken(0, 'the note of where the trail ends is gone');
  if (compared?.problem) return answer(compared.problem);
  if (before) {
    last = { sequence: before.rows, hash: before.head, id: '' };
    if (end.sequence < before.rows) {
      return broken(end.sequence + 1, 'rows are missing at the end');
    }
  } else if (start) {
    const verdict = evidence!.keys.verify(start);
    if (verdict !== 'good') {
      const why = `the checkpoint that says up to where rows were pruned is not good: ${verdict}`;
      return broken(start.sequence, why);
    }
    last = { sequence: start.sequence, hash: start.hash, id: '' };
    // Rows that retention has not deleted yet must lead to the row at which the trail begins.
    const [first] = await reader.rowsAfter(0, 1);
    if (first && first.sequence <= start.sequence) {
      last.sequence = first.sequence - 1;
      last.hash = first.previous_hash;
    }
  }
  while (last.sequence < end.sequence) {
    const rows = await reader.rowsAfter(last.sequence, PAGE);
    if (!rows.length) {
      return broken(
        last.sequence + 1,
        `rows are missing at the end: ${end.sequence} were written`,
      );
    }
    for (const row of rows) {
      if (last.sequence === end.sequence) break;
      const why =
        whatIsWrong(row, last) ??
        (start?.sequence === row.sequence && start.hash !== row.hash
          ? 'it is not the row up to which rows were pruned'
          : compared?.lookAt(row));
      if (why) return broken(row.sequence, why, row.entry_id);
      last = { sequence: row.sequence, hash: row.hash, id: row.entry_id };
    }
  }
  if (last.hash !== end.hash) {
    return broken(
      last.sequence,
      'it is not the row that the trail was noted to end with',
      last.id,
    );
  }
  const unmet = compared?.unmet();
  return unmet ? answer(unmet) : answer();
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
