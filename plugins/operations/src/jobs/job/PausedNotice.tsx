import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { ActionButton } from '../../components';
import { styles, tinted } from '../../components/styles';
import { LazyResumeDialog } from '../dialogs';
import { jobMessages } from '../messages';

const useStyles = styles('PausedNotice', theme => ({
  root: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'space-between',
    gap: theme.spacing(1, 2),
    padding: theme.spacing(1.25, 2),
    borderRadius: theme.shape.borderRadius,
    ...tinted(theme, 'warn'),
  },
}));

/** Says that another tool has paused the job's queue, and lets it go on for who may run the job. */
export function PausedNotice({ job }: { job: JobDetail }) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const [isOpen, setOpen] = useState(false);
  const { resume } = job.actions;
  if (!resume) return null;
  return (
    <aside className={classes.root} aria-label={t('paused.label')}>
      <span>
        <strong>{t('paused.title')}</strong> {t('paused.meaning')}
      </span>
      <ActionButton
        capability={resume}
        onClick={() => setOpen(true)}
        label={t('paused.resumeNamed', { job: job.name })}
      >
        {t('paused.resume')}
      </ActionButton>
      {isOpen && <LazyResumeDialog job={job} onClose={() => setOpen(false)} />}
    </aside>
  );
}
