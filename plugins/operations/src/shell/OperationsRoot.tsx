import type { ReactNode } from 'react';
import { ErrorBoundary } from '@backstage/core-components';
import { OutcomeProvider, useRootStyles } from '../components';
import { useLanguage } from '../hooks/useLanguage';

/**
 * The root of every page, tab and card of Operations: it shows the outcomes of actions, writes
 * numbers and dates in the portal's language, and contains a crash.
 */
export function OperationsRoot(props: { children: ReactNode }) {
  const classes = useRootStyles();
  useLanguage();
  return (
    <ErrorBoundary>
      <OutcomeProvider>
        <div className={classes.root}>{props.children}</div>
      </OutcomeProvider>
    </ErrorBoundary>
  );
}
