import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { lazyPart, SideDrawer, Skeleton } from '../../components';
import type { RunParam } from '../useRunParam';
import { jobMessages } from '../messages';

const RunView = lazyPart(
  () => import('./RunView').then(m => m.RunView),
  <>
    <Skeleton width="40%" height={24} />
    <p>
      <Skeleton width="70%" />
    </p>
  </>,
);

/** A run, opened beside the list it was found in; which one is in the URL. */
export function RunDrawer(props: { run: RunParam }) {
  const { t } = useTranslationRef(jobMessages);
  const { runId, close } = props.run;
  return (
    <SideDrawer
      label={t('run.label')}
      open={runId !== undefined}
      onClose={close}
    >
      {runId && <RunView key={runId} runId={runId} param={props.run} />}
    </SideDrawer>
  );
}
