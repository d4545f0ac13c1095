import { lazy, Suspense } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import Drawer from '@material-ui/core/Drawer';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common';
import { useRootStyles } from '../../components/root';
import { Skeleton } from '../../components/Skeleton';
import type { RunParam } from '../useRunParam';

const RunView = lazy(() => import('./RunView'));

const useStyles = makeStyles(
  theme => ({
    paper: {
      width: 'min(860px, 92vw)',
      padding: theme.spacing(2, 3, 3),
      boxSizing: 'border-box',
      backgroundImage: 'none',
      [theme.breakpoints.down('xs')]: {
        width: '100vw',
        padding: theme.spacing(1.5, 1.5, 3),
      },
    },
  }),
  { name: 'OperationsRunDrawer' },
);

/** A run, opened beside whatever list it was found in; open or not is in the URL. Esc closes, and the focus returns to where it was. */
export function RunDrawer(props: { run: RunParam; job?: JobDetail }) {
  const classes = useStyles();
  const root = useRootStyles();
  const { runId, close } = props.run;
  return (
    <Drawer
      anchor="right"
      open={runId !== undefined}
      onClose={close}
      classes={{ paper: `${root.root} ${classes.paper}` }}
      PaperProps={{ role: 'dialog', 'aria-label': 'Run' }}
    >
      {runId && (
        <Suspense
          fallback={
            <>
              <Skeleton width="40%" height={24} />
              <p>
                <Skeleton width="70%" />
              </p>
            </>
          }
        >
          <RunView
            key={runId}
            runId={runId}
            param={props.run}
            job={props.job}
          />
        </Suspense>
      )}
    </Drawer>
  );
}
