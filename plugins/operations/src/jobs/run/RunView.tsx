import { lazy, Suspense, useState } from 'react';
import {
  isFinalStatus,
  type JobDetail,
} from '@craft-easy/backstage-plugin-operations-common';
import { ErrorNotice } from '../../components/ErrorNotice';
import { StaleNotice } from '../../components/Freshness';
import { Skeleton } from '../../components/Skeleton';
import { Section, Stack } from '../../components/Stack';
import { useLive } from '../../hooks/useLive';
import { LazyCancelDialog, LazyRetryDialog } from '../dialogs';
import { JOB_TOPICS } from '../topics';
import type { RunParam } from '../useRunParam';
import { RunFacts, RunWhereabouts } from './RunFacts';
import { RunFailure } from './RunFailure';
import { RunHeader } from './RunHeader';
import { RunParameters } from './RunParameters';
import { TimeLine } from './TimeLine';

const LogViewer = lazy(() => import('../log'));

/** Everything about one run. */
export default function RunView(props: {
  runId: string;
  param: RunParam;
  job?: JobDetail;
}) {
  const { runId, param } = props;
  const [dialog, setDialog] = useState<'cancel' | 'retry'>();
  const [ended, setEnded] = useState(false);
  const run = useLive(['run', runId], api => api.getRun(runId), {
    topics: JOB_TOPICS,
    everyMs: ended ? 15_000 : 1_500,
  });
  const { data } = run;
  const isFinal = data !== undefined && isFinalStatus(data.status);
  // what has ended is looked at rarely: it may yet be retried
  if (isFinal !== ended) setEnded(isFinal);

  if (!data) {
    return run.error ? (
      <ErrorNotice
        title={`Run ${runId} could not be loaded`}
        error={run.error}
        onRetry={run.refresh}
      />
    ) : (
      <div aria-busy>
        <Skeleton width="40%" height={24} />
      </div>
    );
  }
  return (
    <Stack>
      <RunHeader
        run={data}
        param={param}
        onCancel={() => setDialog('cancel')}
        onRetry={() => setDialog('retry')}
      />
      <StaleNotice error={run.error} updatedAt={run.updatedAt} />
      <TimeLine run={data} />
      <RunFailure run={data} />
      <RunFacts run={data} />
      <RunParameters run={data} />
      <Section title="Log">
        <Suspense fallback={<Skeleton width="100%" height={200} />}>
          <LogViewer runId={runId} />
        </Suspense>
      </Section>
      <RunWhereabouts run={data} />
      {dialog === 'cancel' && (
        <LazyCancelDialog
          open
          run={data}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === 'retry' && (
        <LazyRetryDialog open run={data} onClose={() => setDialog(undefined)} />
      )}
    </Stack>
  );
}
