import type {
  AuditVerification,
  Sentence,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AuditCheckpoint } from '@craft-easy/backstage-plugin-operations-common';
import type { AuditReader } from './AuditReader';
import { searchColumns, type AuditRow } from './AuditStore';
import { GENESIS, hashRow, type AuditBody } from './chain';
import { sentence } from '../lib/sentences';
import { brokenAt } from './brokenAt';
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
  const at = { at: since };
  const why = row
    ? sentence('chain-replaced', { at })
    : sentence('chain-cut', { rows: sequence, at });
  return { ...verification, whole: false, brokenAt: brokenAt(sequence, why) };
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
  const answer = (problem?: BrokenAt): AuditVerification => ({
    whole: !problem,
    rows: last.sequence,
    ...(last.sequence > 0 && { head: last.hash }),
    checkedAt: new Date().toISOString(),
    ...(start && { startsAfter: start.sequence }),
    ...(compared && { checkpoints: compared.counts }),
    ...(problem && { brokenAt: problem }),
  });
  const broken = (sequence: number, why: Sentence, id?: string) =>
    answer(brokenAt(sequence, why, id));

  if (!end) return broken(0, sentence('chain-end-gone'));
  if (compared?.problem) return answer(compared.problem);
  if (before) {
    last = { sequence: before.rows, hash: before.head, id: '' };
    if (end.sequence < before.rows) {
      return broken(end.sequence + 1, sentence('chain-end-missing'));
    }
  } else if (start) {
    const verdict = evidence!.keys.verify(start);
    if (verdict !== 'good') {
      return broken(start.sequence, sentence('chain-prune-bad', { verdict }));
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
        sentence('chain-end-missing-of', { rows: end.sequence }),
      );
    }
    for (const row of rows) {
      if (last.sequence === end.sequence) break;
      const why =
        whatIsWrong(row, last) ??
        (start?.sequence === row.sequence && start.hash !== row.hash
          ? sentence('chain-pruned-differs')
          : compared?.lookAt(row));
      if (why) return broken(row.sequence, why, row.entry_id);
      last = { sequence: row.sequence, hash: row.hash, id: row.entry_id };
    }
  }
  if (last.hash !== end.hash) {
    return broken(last.sequence, sentence('chain-end-differs'), last.id);
  }
  const unmet = compared?.unmet();
  return unmet ? answer(unmet) : answer();
}

function whatIsWrong(
  row: AuditRow,
  last: { sequence: number; hash: string },
): Sentence | undefined {
  if (row.sequence !== last.sequence + 1) {
    return sentence('chain-row-missing', { row: last.sequence + 1 });
  }
  if (row.previous_hash !== last.hash) {
    return sentence('chain-link');
  }
  if (row.hash !== hashRow(row.previous_hash, row.body)) {
    return sentence('chain-changed');
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
      return sentence('chain-column', { column: name });
    }
  }
  return undefined;
}
