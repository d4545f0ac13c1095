import type { ReactNode } from 'react';
import { ErrorBoundary } from '@backstage/core-components';
import { OutcomeProvider } from '../components/Outcomes';
import { useRootStyles } from '../components/styles';

/**
 * What every page, tab and card of Operations stands in: outcomes of actions are shown here, and a
 * crash stays here.
 */
export function OperationsRoot(props: { children: ReactNode }) {
  const classes = useRootStyles();
  return (
    <ErrorBoundary>
      <OutcomeProvider>
        <div className={classes.root}>{props.children}</div>
      </OutcomeProvider>
    </ErrorBoundary>
  );
}
