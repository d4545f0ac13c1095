import { lazy, Suspense } from 'react';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { SideDrawer } from '../../components/SideDrawer';
import { Skeleton } from '../../components/Skeleton';
import type { RunParam } from '../useRunParam';

const RunView = lazy(() => import('./RunView'));

/** A run, opened beside the list it was found in; which one is in the URL. */
export function RunDrawer(props: { run: RunParam; job?: JobDetail }) {
  const { runId, close } = props.run;
  return (
    <SideDrawer label="Run" open={runId !== undefined} onClose={close}>
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
    </SideDrawer>
  );
}
