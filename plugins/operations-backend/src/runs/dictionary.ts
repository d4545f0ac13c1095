import type { Knex } from 'knex';
import { likePattern } from '../lib/sql';
import { normaliseMessage } from '../jobs/recorder/fingerprint';
import { normaliseTerm } from '../jobs/recorder/terms';

/** As many jobs, tenants, operators, errors or parameter values as one search follows. */
const MAX_WORDS = 20;

/** Something by which runs are found. */
export interface Word {
  kind: 'job' | 'tenant' | 'operator' | 'error' | 'parameter';
  value: string;
}

/**
 * Looks a text up among the names of jobs, and in the dictionary of tenants, operators, errors (any
 * part of them) and parameter values (by their beginning). The cost grows with what there is to be
 * named, not with the history.
 */
export async function lookUpWords(knex: Knex, search: string): Promise<Word[]> {
  const text = search.toLowerCase();
  const prefix = normaliseTerm(search);
  const lookUp = async (
    kind: Word['kind'],
    match: (q: Knex.QueryBuilder) => void,
  ): Promise<Word[]> => {
    const rows = await knex('search_terms')
      .distinct('value')
      .where({ kind })
      .where(match)
      .orderBy('value')
      .limit(MAX_WORDS);
    return rows.map(({ value }) => ({ kind, value }));
  };
  const part = (q: Knex.QueryBuilder) =>
    q.whereRaw(`term like ? escape '\\'`, [likePattern(text)]);
  const error = (q: Knex.QueryBuilder) => {
    for (const message of messagesOf(search)) {
      q.orWhereRaw(`term like ? escape '\\'`, [likePattern(message)]);
    }
  };
  const jobs: Promise<Array<{ id: string }>> = knex('jobs')
    .whereRaw(`lower(name) like ? escape '\\'`, [likePattern(text)])
    .orderBy('id')
    .limit(MAX_WORDS)
    .select('id');
  const found = await Promise.all([
    jobs.then(rows => rows.map(({ id }): Word => ({ kind: 'job', value: id }))),
    lookUp('tenant', part),
    lookUp('operator', part),
    lookUp('error', error),
    lookUp('parameter', q =>
      q.where('term', '>=', prefix).where('term', '<', `${prefix}\u{10ffff}`),
    ),
  ]);
  return found.flat();
}

/**
 * Errors are known by their messages without what varies: the text is looked up as it is, and, so
 * that a message can be pasted whole, without its numbers, ids and quoted values.
 */
function messagesOf(search: string): string[] {
  const message = normaliseMessage(search);
  // of a text that is nothing but a number or an id, nothing is left that would tell errors apart
  const says = /[\p{L}\p{N}]{2}/u.test(message.replace(/<\w+>/g, ' '));
  return [
    ...new Set([search, ...(says ? [message] : [])].map(m => m.toLowerCase())),
  ];
}
