import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { DataTable, PlainButton, Section } from '../../components';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { JOB_TOPICS } from '../topics';
import { runColumns } from '../runColumns';
import type { RunParam } from '../useRunParam';
import { jobMessages } from '../messages';

const FEW = 5;
const MANY = 50;
const FEWEST_CHARACTERS = 2;

/** Lists runs that the search finds, below the jobs: by id, tenant, operator or parameter. */
export function RunResults(props: {
  search: string;
  /** how many jobs the search found; undefined: not known yet */
  jobsFound: number | undefined;
  run: RunParam;
}) {
  const { t } = useTranslationRef(jobMessages);
  const [all, setAll] = useState(false);
  const search = props.search.trim();
  const asked = search.length >= FEWEST_CHARACTERS;
  const limit = all ? MANY : FEW;
  const found = useLive(
    'GET /runs',
    asked ? { query: { search, limit } } : null,
    { topics: JOB_TOPICS, everyMs: 30_000 },
  );
  if (!asked) return null;
  const total = found.switching ? undefined : found.data?.totalItems;
  // what was searched for is the job above, and its runs are on its page
  if (total === 0 && props.jobsFound !== 0) return null;
  return (
    <Section
      title={t('runs.title')}
      aside={
        total !== undefined &&
        total > 0 &&
        t('runs.found.count', { count: total })
      }
    >
      <DataTable
        label={t('runs.found.label')}
        failure={t('runs.failure')}
        columns={runColumns(t, { run: props.run, withJob: true })}
        rows={found.data?.items}
        rowKey={run => run.id}
        onRowClick={run => props.run.open(run.id)}
        selectedKey={props.run.runId}
        live={found}
        expectedRows={2}
        empty={
          <p style={{ margin: 0, padding: 16 }}>
            {t('runs.found.empty', { search })}
          </p>
        }
      />
      {total !== undefined && total > FEW && !all && (
        <PlainButton onClick={() => setAll(true)}>
          {total > MANY
            ? t('runs.found.newest', { n: MANY })
            : t('runs.found.all', { n: total })}
        </PlainButton>
      )}
    </Section>
  );
}
