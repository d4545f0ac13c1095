import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  isFinalStatus,
  type RunDetail,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { StaleNotice } from '../../components/Freshness';
import { Loaded } from '../../components/Loaded';
import { Skeleton } from '../../components/Skeleton';
import { Section, Stack } from '../../components/Stack';
import { PlainButton } from '../../components/buttons';
import {
  useLive,
  type Live,
} from '@craft-easy/backstage-plugin-operations-react';
import { LazyCancelDialog, LazyRetryDialog } from '../dialogs';
import { isFailure } from '../failures';
import { ManualRunNotice } from '../job/ManualRunNotice';
import { JOB_TOPICS } from '../topics';
import type { RunParam } from '../useRunParam';
import { RunContext } from './RunContext';
import { RunFacts, RunWhereabouts } from './RunFacts';
import { ExecutedTwice, RunFailure } from './RunFailure';
import { RunHeader } from './RunHeader';
import { RunParameters } from './RunParameters';
import { TimeLine } from './TimeLine';
import { lazyPart } from '../../components/lazyPart';
import { jobMessages } from '../messages';

const LogViewer = lazyPart(
  () => import('../log/LogViewer').then(m => m.LogViewer),
  <Skeleton width="100%" height={200} />,
);

/** Everything about one run. */
export function RunView(props: { runId: string; param: RunParam }) {
  const { t } = useTranslationRef(jobMessages);
  const run = useLive(
    'GET /runs/:id',
    { params: { id: props.runId } },
    {
      topics: JOB_TOPICS,
      // a run that has ended changes rarely, but it may yet be retried
      everyMs: data => (data && isFinalStatus(data.status) ? 15_000 : 1_500),
    },
  );
  return (
    <Loaded
      of={run}
      failure={t('run.notLoaded', { id: props.runId })}
      back={
        <PlainButton onClick={props.param.close}>{t('run.close')}</PlainButton>
      }
      skeleton={
        <div aria-busy>
          <Skeleton width="40%" height={24} />
        </div>
      }
    >
      {data => <LoadedRun run={data} live={run} param={props.param} />}
    </Loaded>
  );
}

function LoadedRun(props: {
  run: RunDetail;
  live: Live<RunDetail>;
  param: RunParam;
}) {
  const { t } = useTranslationRef(jobMessages);
  const { run, param } = props;
  const { data: job } = useLive(
    'GET /jobs/:engine/:name',
    { params: { engine: run.engine, name: run.jobName } },
    { everyMs: 60_000 },
  );
  const [dialog, setDialog] = useState<'cancel' | 'retry'>();
  const close = () => setDialog(undefined);
  return (
    <Stack>
      <RunHeader
        run={run}
        param={param}
        onCancel={() => setDialog('cancel')}
        onRetry={() => setDialog('retry')}
      />
      <RunContext run={run} param={param} schema={job?.parametersSchema} />
      <StaleNotice of={props.live} />
      {job && !job.manualRun && isFailure(run.status) && (
        <ManualRunNotice job={job} />
      )}
      <TimeLine run={run} />
      <ExecutedTwice run={run} />
      <RunFailure run={run} />
      <RunFacts run={run} />
      <RunParameters run={run} schema={job?.parametersSchema} />
      <Section title={t('run.log')}>
        <LogViewer runId={run.id} />
      </Section>
      <RunWhereabouts run={run} />
      {dialog === 'cancel' && <LazyCancelDialog run={run} onClose={close} />}
      {dialog === 'retry' && <LazyRetryDialog run={run} onClose={close} />}
    </Stack>
  );
}
