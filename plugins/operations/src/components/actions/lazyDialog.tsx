import type { ComponentType } from 'react';
import { codeOf } from '../lazyPart';
import { NotLoaded } from '../NotLoaded';
import { AwaitedDialog } from './AwaitedDialog';

/** A dialog whose code is loaded when it is first asked for. */
export function lazyDialog<P extends { onClose: () => void }>(
  load: () => Promise<ComponentType<P>>,
) {
  const useCode = codeOf(load);
  return function LazyDialog(props: P) {
    const { Part, failed, again } = useCode();
    return (
      <AwaitedDialog
        ready={Part !== undefined}
        onClose={props.onClose}
        problem={failed && <NotLoaded onRetry={again} />}
      >
        {() => Part && <Part {...props} />}
      </AwaitedDialog>
    );
  };
}
