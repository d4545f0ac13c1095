import { useState, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Block from '@material-ui/icons/Block';
import Replay from '@material-ui/icons/Replay';
import { isFinalStatus } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { JobSummary } from '@craft-easy/backstage-plugin-operations-common';
import { ActionButton, AwaitedDialog } from '../components/actions';
import type { ButtonRank } from '../components/buttons';
import { ErrorNotice } from '../components/ErrorNotice';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { LazyCancelDialog, LazyRetryDialog } from './dialogs';
import { isFailure } from './failures';
import { jobMessages } from './messages';

/** What may be done about the last run of a job, without opening it. */
export type LastRunAction = 'retry' | 'cancel';

/** What there is to do about the last run of a job; nothing where it is well or was retried. */
export function lastRunAction(job: JobSummary): LastRunAction | undefined {
  const { lastRun, lastRunActions } = job;
  if (!lastRun || !lastRunActions) return undefined;
  if (!isFinalStatus(lastRun.status)) {
    // what cannot be cancelled by its contract is said on its page, not in each row
    return lastRunActions.cancel.rule === 'capability' ? undefined : 'cancel';
  }
  const isOpen = isFailure(lastRun.status) && !lastRun.retriedBy;
  return isOpen && job.manualRun ? 'retry' : undefined;
}

/** The button for the last run of a job. */
export function LastRunButton(props: {
  job: JobSummary;
  onClick: (action: LastRunAction) => void;
  rank?: ButtonRank;
  size?: 'medium';
}) {
  const { t } = useTranslationRef(jobMessages);
  const { job, onClick, size } = props;
  const action = lastRunAction(job);
  if (action === 'retry') {
    return (
      <ActionButton
        capability={job.lastRunActions?.retry}
        label={t('run.retryNamed', { job: job.name })}
        icon={<Replay />}
        rank={props.rank}
        size={size}
        onClick={() => onClick(action)}
      >
        {t('run.retry')}
      </ActionButton>
    );
  }
  if (action === 'cancel') {
    return (
      <ActionButton
        capability={job.lastRunActions?.cancel}
        label={t('run.cancelNamed', { job: job.name })}
        icon={<Block />}
        size={size}
        onClick={() => onClick(action)}
      >
        {job.lastRun?.status === 'cancelling'
          ? t('run.cancelling')
          : t('run.cancel')}
      </ActionButton>
    );
  }
  return null;
}

/** Opens the dialog of the last run's button, and holds it while the list goes on. */
export function useLastRunDialog(): {
  open: (job: JobSummary, action: LastRunAction) => void;
  dialog: ReactNode;
} {
  const [asked, setAsked] = useState<{
    job: JobSummary;
    action: LastRunAction;
  }>();
  const close = () => setAsked(undefined);
  const run = asked?.job.lastRun;
  return {
    open: (job, action) => setAsked({ job, action }),
    dialog: run && (
      <>
        {asked.action === 'cancel' && (
          <LazyCancelDialog run={run} onClose={close} />
        )}
        {asked.action === 'retry' && (
          <RetryOf key={run.id} runId={run.id} onClose={close} />
        )}
      </>
    ),
  };
}

/** The dialog needs more of a run than a list has. */
function RetryOf(props: { runId: string; onClose: () => void }) {
  const { t } = useTranslationRef(jobMessages);
  const run = useLive(
    'GET /runs/:id',
    { params: { id: props.runId } },
    { everyMs: 0 },
  );
  return (
    <AwaitedDialog
      ready={run.data !== undefined}
      onClose={props.onClose}
      problem={
        run.error && (
          <ErrorNotice
            title={t('run.notLoaded', { id: props.runId })}
            error={run.error}
            onRetry={run.refresh}
            retried
          />
        )
      }
    >
      {() => <LazyRetryDialog run={run.data!} onClose={props.onClose} />}
    </AwaitedDialog>
  );
}
