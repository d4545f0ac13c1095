import type { Knex } from 'knex';
import { normaliseMessage } from '../jobs/recorder/fingerprint';
import { normaliseTerm } from '../jobs/recorder/terms';
import { likePattern } from '../lib/sql';

const KINDS = ['job', 'tenant', 'operator', 'error', 'parameter'] as const;
type Kind = (typeof KINDS)[number];

/** What a run is, by kind; values of parameters have a table of their own. */
const COLUMNS = {
  job: 'job_id',
  tenant: 'tenant',
  operator: 'triggered_by',
  error: 'fingerprint',
} as const satisfies Partial<Record<Kind, string>>;

/** Something by which runs are found. */
export type Word =
  | { kind: 'parameter'; value: string }
  | { column: (typeof COLUMNS)[keyof typeof COLUMNS]; value: string };

/** What a search finds. */
export interface Found {
  /** few: each is a lead of its own */
  words: Word[];
  /**
   * Kinds of which more is found than is worth a lead each. Then runs of any of them are not rare,
   * and reading along the list finds them soon.
   */
  common: Kind[];
}

/**
 * Looks a text up among the names of jobs, and in the dictionary of tenants, operators, errors (any
 * part of them) and parameter values (by their beginning). The cost grows with what there is to be
 * named, not with the history.
 *
 * @param most - as many words as are worth a lead each, of all kinds together
 */
export async function lookUp(
  knex: Knex,
  search: string,
  most: number,
): Promise<Found> {
  const found = await Promise.all(
    KINDS.map(async kind => {
      const rows: Array<{ value: string }> = await namedBy(knex, kind, search)
        .orderBy('value')
        .limit(most + 1);
      return { kind, values: rows.map(row => row.value) };
    }),
  );
  found.sort((a, b) => a.values.length - b.values.length);
  const words: Word[] = [];
  const common: Kind[] = [];
  for (const { kind, values } of found) {
    if (words.length + values.length > most) common.push(kind);
    else words.push(...values.map(value => wordOf(kind, value)));
  }
  return { words, common };
}

function wordOf(kind: Kind, value: string): Word {
  return kind === 'parameter'
    ? { kind, value }
    : { column: COLUMNS[kind], value };
}

/** Restricts a query to runs that a search finds by any of some kinds. */
export function whereNamed(
  knex: Knex,
  query: Knex.QueryBuilder,
  kinds: Kind[],
  search: string,
): void {
  query.where(any => {
    for (const kind of kinds) {
      if (kind === 'parameter') {
        any.orWhereExists(
          namedBy(knex, kind, search, 'run_terms').whereRaw(
            'run_terms.run_id = runs.id',
          ),
        );
      } else {
        // An expression, and no column: SQLite would read along an index of the column, and sort.
        any.orWhereIn(
          knex.raw(`runs.${COLUMNS[kind]} || ''`) as unknown as string,
          namedBy(knex, kind, search),
        );
      }
    }
  });
}

/** What of a kind a text names: a query with a column `value`. */
function namedBy(
  knex: Knex,
  kind: Kind,
  search: string,
  table = 'search_terms',
): Knex.QueryBuilder {
  const like = (query: Knex.QueryBuilder, column: string, texts: string[]) =>
    query.where(any => {
      for (const text of texts) {
        any.orWhereRaw(`${column} like ? escape '\\'`, [likePattern(text)]);
      }
    });
  const text = search.toLowerCase();
  if (kind === 'job') {
    return like(knex('jobs').select('id as value'), 'lower(name)', [text]);
  }
  if (kind === 'parameter') {
    const prefix = normaliseTerm(search);
    const terms = knex(table)
      .where('term', '>=', prefix)
      .where('term', '<', `${prefix}\u{10ffff}`);
    return table === 'run_terms'
      ? terms.select('term as value')
      : terms.where({ kind }).distinct('value');
  }
  return like(
    knex('search_terms').where({ kind }).distinct('value'),
    'term',
    kind === 'error' ? messagesOf(search) : [text],
  );
}

/**
 * Errors are known by their messages without what varies: the text is looked up as it is, and, so
 * that a message can be pasted whole, without its numbers, ids and quoted values.
 */
function messagesOf(search: string): string[] {
  const message = normaliseMessage(search);
  // of a text that is little but a number or an id, nothing is left that would tell errors apart
  const says = message.replace(/<\w+>/g, '').trim().length > 2;
  return [
    ...new Set([search, ...(says ? [message] : [])].map(m => m.toLowerCase())),
  ];
}
