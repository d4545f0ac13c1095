import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Run } from '@craft-easy/backstage-plugin-operations-common';
import { ActionDialog } from '../../components/actions';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { jobMessages } from '../messages';

/** Cancels a run: a queued one is removed, a running one is asked to stop. */
export function CancelDialog(props: { run: Run; onClose: () => void }) {
  const { t } = useTranslationRef(jobMessages);
  const links = useLinks();
  const { run } = props;
  const queued = run.status === 'queued';
  return (
    <ActionDialog
      action="job.cancel"
      onClose={props.onClose}
      title={t('dialog.cancel.title', { job: run.jobName })}
      button={t('dialog.cancel.button')}
      keep={
        queued ? t('dialog.cancel.keepQueued') : t('dialog.cancel.keepRunning')
      }
      danger
      facts={[
        ...(run.tenant
          ? [t('dialog.cancel.facts.tenant', { tenant: run.tenant })]
          : []),
        ...(queued
          ? [
              t('dialog.cancel.facts.queuedRemoved'),
              t('dialog.cancel.facts.queuedFinal'),
            ]
          : [
              t('dialog.cancel.facts.runningAsked'),
              t('dialog.cancel.facts.runningFinal'),
            ]),
      ]}
      endpoint="POST /runs/:id/cancel"
      params={{ id: run.id }}
      outcome={result => ({
        text:
          result.run.status === 'cancelled'
            ? t('dialog.cancel.outcome.cancelled', { job: run.jobName })
            : t('dialog.cancel.outcome.asked', { job: run.jobName }),
        links: [{ title: t('dialog.openRun'), to: links.runHref(result.run) }],
      })}
      auditOf={result => ({ job: result.run.jobId })}
    />
  );
}
