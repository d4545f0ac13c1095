import PanTool from '@material-ui/icons/PanTool';
import { Link } from '@backstage/core-components';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { styles, tinted } from '../../components/styles';

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
    'manualRunReason' | 'onCall' | 'owner' | 'schedule' | 'abilities'
  >;
}) {
  const classes = useStyles();
  const { manualRunReason, onCall, owner, schedule, abilities } = props.job;
  const { scheduleProof } = abilities;
  return (
    <aside className={classes.root} aria-label="Why it cannot be run by hand">
      <PanTool aria-hidden />
      <div>
        <p>
          <strong>
            Run and Retry are off: this job is not safe to run by hand.
          </strong>{' '}
          {manualRunReason}
        </p>
        {schedule && !scheduleProof.able && (
          <p>
            Nothing here proves that a run comes from its schedule, because{' '}
            {scheduleProof.because}.
          </p>
        )}
        {(onCall || owner) && (
          <p>
            If it failed, page{' '}
            {onCall ? (
              <Link to={onCall.url}>{onCall.title}</Link>
            ) : (
              <EntityRefLink entityRef={owner!} defaultKind="group" />
            )}
            .
          </p>
        )}
      </div>
    </aside>
  );
}
