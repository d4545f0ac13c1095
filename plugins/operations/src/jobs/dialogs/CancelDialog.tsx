import type { RunDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { ActionDialog } from '../../components/actions';
import { useLinks } from '../../links';

/** Cancels a run: a queued one is removed, a running one is asked to stop. */
export function CancelDialog(props: { run: RunDetail; onClose: () => void }) {
  const links = useLinks();
  const { run } = props;
  const queued = run.status === 'queued';
  return (
    <ActionDialog
      action="job.cancel"
      onClose={props.onClose}
      title={`Cancel run of ${run.jobName}`}
      button="Cancel run"
      keep="Keep running"
      danger
      facts={[
        ...(run.tenant ? [`It works for tenant ${run.tenant}.`] : []),
        queued
          ? 'It waits in the queue and will be removed: it will not run.'
          : 'Its worker is asked to stop. It shows as cancelling until the worker says that it has.',
        queued
          ? 'A cancelled run cannot be resumed, but it can be retried.'
          : 'What it did so far is not undone, unless the job cleans up after itself. It can be retried.',
      ]}
      endpoint="POST /runs/:id/cancel"
      params={{ id: run.id }}
      outcome={result => ({
        text:
          result.run.status === 'cancelled'
            ? `${run.jobName}: the run is cancelled.`
            : `${run.jobName}: its worker was asked to stop.`,
        links: [{ title: 'Open run', to: links.runHref(result.run) }],
      })}
      auditOf={result => ({ job: result.run.jobId })}
    />
  );
}
