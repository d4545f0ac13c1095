import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { ActionDialog } from '../../components/actions';
import { jobMessages } from '../messages';

/** Lets the queue of a job go on that another tool has paused. */
export function ResumeDialog(props: { job: JobDetail; onClose: () => void }) {
  const { t } = useTranslationRef(jobMessages);
  const { engine, name, id, schedule } = props.job;
  return (
    <ActionDialog
      action="queue.resume"
      onClose={props.onClose}
      title={t('dialog.resume.title', { job: name })}
      button={t('dialog.resume.button')}
      facts={[
        t('dialog.resume.facts.begins'),
        ...(schedule ? [t('dialog.resume.facts.schedule')] : []),
        t('dialog.resume.facts.why'),
      ]}
      endpoint="POST /jobs/:engine/:name/queue/resume"
      params={{ engine, name }}
      outcome={() => t('dialog.resume.outcome', { job: name })}
      auditOf={() => ({ job: id })}
    />
  );
}
