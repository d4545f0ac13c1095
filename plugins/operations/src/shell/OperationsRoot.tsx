import type { ReactNode } from 'react';
import { ErrorBoundary } from '@backstage/core-components';
import { OutcomeProvider } from '../components/Outcomes';

/** What every page, tab and card of Operations stands in: outcomes of actions are shown here, and a crash stays here. */
export function OperationsRoot(props: { children: ReactNode }) {
  return (
    <ErrorBoundary>
      <OutcomeProvider>{props.children}</OutcomeProvider>
    </ErrorBoundary>
  );
}
