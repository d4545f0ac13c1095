import { Fragment, useCallback, type ReactNode } from 'react';
import { ErrorBoundary, useContent } from '@backstage/core-components';
import { OutcomeProvider, useRootStyles } from '../components';
import { ZoneSwitch } from '../components/ZoneSwitch';
import { useLanguage } from '../hooks/useLanguage';
import { useZoneChoice } from '../hooks/useZoneChoice';

// it is no control that needs to show that it has the focus
const PLAIN = { outline: 'none' };

/**
 * The root of every page, tab and card of Operations: it shows the outcomes of actions, writes
 * numbers and dates in the portal's language and the zone of the viewer's choice, and contains a
 * crash.
 *
 * @param props - `page`: the viewer can choose the zone below it, and the portal's link past the
 *   sidebar leads to it
 */
export function OperationsRoot(props: { children: ReactNode; page?: boolean }) {
  const classes = useRootStyles();
  useLanguage();
  const [zone, setZone] = useZoneChoice();
  const { contentRef } = useContent();
  const skipTo = useCallback(
    (element: HTMLDivElement | null) => {
      // the header's, where there is one, is before the tabs
      if (contentRef) contentRef.current = element;
    },
    [contentRef],
  );
  return (
    <ErrorBoundary>
      <OutcomeProvider>
        <div
          className={classes.root}
          {...(props.page && { ref: skipTo, tabIndex: -1, style: PLAIN })}
        >
          {/* all times are written anew; what is open is in the address */}
          <Fragment key={zone}>{props.children}</Fragment>
          {props.page && <ZoneSwitch value={zone} onChange={setZone} />}
        </div>
      </OutcomeProvider>
    </ErrorBoundary>
  );
}
