import type { Knex } from 'knex';
import type { KeysetPage, PageQuery } from '../../lib/keyset';
import { int, likePattern, unionOf } from '../../lib/sql';
import type { JobAccess } from '../../permissions/JobAccess';
import { normaliseTerm } from '../recorder/terms';
import { pageOfRuns } from './RunStore';
import type { RunRow } from './runRow';

/** As many different tenants, operators or parameter values as one search follows. */
const MAX_WORDS = 20;
/** Runs counted per word: the total is exact below, and "at least" above. */
const SEARCH_COUNT_LIMIT = 1_000;

interface Word {
  kind: 'tenant' | 'operator' | 'parameter';
  value: string;
}

/**
 * Finds runs over all jobs. The text is looked up among ids (by their beginning) and in the
 * dictionary of tenants, operators (any part) and parameter values (by their beginning); then the
 * newest runs of each match are read along an index. No step grows with the history.
 */
export class RunSearchStore {
  constructor(private readonly knex: Knex) {}

  async search(
    query: PageQuery & { search: string },
    access: JobAccess,
  ): Promise<KeysetPage<RunRow> & { totalItems: number }> {
    const words = await this.words(query.search);
    const branches = () => this.branches(query.search, words, access);
    const page = await pageOfRuns(
      this.knex,
      branches(),
      'run-search',
      query,
      // one run may be found by several words
      { distinct: true },
    );
    return { ...page, totalItems: await this.count(branches()) };
  }

  private async words(search: string): Promise<Word[]> {
    const text = search.toLowerCase();
    const prefix = normaliseTerm(search);
    const lookUp = (
      kind: Word['kind'],
      match: (q: Knex.QueryBuilder) => void,
    ) =>
      this.knex('search_terms')
        .select('kind', 'value')
        .where({ kind })
        .where(match)
        .orderBy('term')
        .limit(MAX_WORDS);
    const part = (q: Knex.QueryBuilder) =>
      q.whereRaw(`term like ? escape '\\'`, [likePattern(text)]);
    const found = await Promise.all([
      lookUp('tenant', part),
      lookUp('operator', part),
      lookUp('parameter', q =>
        q.where('term', '>=', prefix).where('term', '<', `${prefix}\u{10ffff}`),
      ),
    ]);
    return found.flat() as Word[];
  }

  private branches(
    search: string,
    words: Word[],
    access: JobAccess,
  ): Knex.QueryBuilder[] {
    const visible = (query: Knex.QueryBuilder) =>
      query.where(q =>
        access.where(q, {
          tenant: 'runs.tenant',
          jobId: 'runs.job_id',
        }),
      );
    return [
      visible(
        this.knex('runs')
          .where('runs.id', '>=', search)
          .where('runs.id', '<', `${search}\u{10ffff}`),
      ),
      ...words.map(word => {
        if (word.kind === 'tenant') {
          return visible(this.knex('runs').where('runs.tenant', word.value));
        }
        if (word.kind === 'operator') {
          return visible(
            this.knex('runs').where('runs.triggered_by', word.value),
          );
        }
        return visible(
          this.knex('run_terms')
            .join('runs', 'runs.id', 'run_terms.run_id')
            .where('run_terms.term', word.value),
        );
      }),
    ];
  }

  private async count(branches: Knex.QueryBuilder[]): Promise<number> {
    const found = branches.map(branch =>
      branch.select('runs.id').limit(SEARCH_COUNT_LIMIT),
    );
    const [row] = await this.knex
      .from(unionOf(this.knex, found, { distinct: true }).as('found'))
      .count('* as count');
    return Math.min(int(row.count), SEARCH_COUNT_LIMIT);
  }
}
