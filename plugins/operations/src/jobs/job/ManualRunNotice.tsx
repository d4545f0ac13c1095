import { useTranslationRef } from '@backstage/frontend-plugin-api';
import PanTool from '@material-ui/icons/PanTool';
import { Link } from '@backstage/core-components';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { styles, tinted } from '../../components/styles';
import { reasonMessages } from '../../components/reasons/messages';
import { abilityText } from '../../components/reasons/words';
import { jobMessages } from '../messages';

const useStyles = styles('ManualRunNotice', theme => ({
  root: {
    display: 'flex',
    gap: theme.spacing(1.5),
    padding: theme.spacing(1.25, 2),
    borderRadius: theme.shape.borderRadius,
    ...tinted(theme, 'warn'),
    '& p': { margin: 0 },
    '& a': { color: 'inherit', textDecoration: 'underline' },
    '& svg': { fontSize: 20, marginTop: 2 },
  },
}));

/** Says in the open that a job must not be run by hand, why, and whom to page when it failed. */
export function ManualRunNotice(props: {
  job: Pick<
    JobDetail,
    'manualRunReason' | 'onCall' | 'owner' | 'schedule' | 'abilities' | 'words'
  >;
}) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const { manualRunReason, onCall, owner, schedule } = props.job;
  const { t: reasons } = useTranslationRef(reasonMessages);
  const unproven = abilityText(reasons, props.job, 'scheduleProof');
  return (
    <aside className={classes.root} aria-label={t('manualRun.label')}>
      <PanTool aria-hidden />
      <div>
        <p>
          <strong>{t('manualRun.off')}</strong> {manualRunReason}
        </p>
        {schedule && unproven && (
          <p>{t('manualRun.unproven', { because: unproven })}</p>
        )}
        {(onCall || owner) && (
          <p>
            {t('manualRun.page', {
              contact: onCall ? (
                <Link to={onCall.url}>{onCall.title}</Link>
              ) : (
                <EntityRefLink entityRef={owner!} defaultKind="group" />
              ),
            })}
          </p>
        )}
      </div>
    </aside>
  );
}
