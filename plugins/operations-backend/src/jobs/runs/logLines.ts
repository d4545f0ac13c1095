import type {
  LogPage,
  LogQuery,
} from '@craft-easy/backstage-plugin-operations-common/internal';

interface Lines {
  lines: LogPage['lines'];
  totalLines: number;
}

/**
 * The part of a log that a query asks for, out of lines that hold at least it. Lines are numbered
 * from 1; a tail holds the last ones only, so what comes before them is gone and the first number
 * says so.
 */
export function pageOfLines(
  { lines, totalLines }: Lines,
  query: LogQuery,
  about: Pick<LogPage, 'ended' | 'source'>,
): LogPage {
  let part = lines;
  if (query.after !== undefined) {
    part = lines.filter(l => l.n > query.after!).slice(0, query.limit);
  } else if (query.before !== undefined) {
    part = lines.filter(l => l.n <= query.before!).slice(-query.limit);
  } else {
    part = lines.slice(-(query.tail ?? query.limit));
  }
  const last = part.at(-1)?.n ?? query.after ?? totalLines;
  return {
    lines: part,
    nextAfter: last,
    totalLines,
    // there is more to come while the run goes on, or while lines are left to be read after these
    ended: about.ended && last >= totalLines,
    source: about.source,
  };
}
