import { Fragment, type ReactNode } from 'react';
import { ErrorBoundary } from '@backstage/core-components';
import { OutcomeProvider, useRootStyles } from '../components';
import { ZoneSwitch } from '../components/ZoneSwitch';
import { useLanguage } from '../hooks/useLanguage';
import { useZoneChoice } from '../hooks/useZoneChoice';

/**
 * The root of every page, tab and card of Operations: it shows the outcomes of actions, writes
 * numbers and dates in the portal's language and the zone of the viewer's choice, and contains a
 * crash.
 *
 * @param props - `page`: the viewer can choose the zone below it
 */
export function OperationsRoot(props: { children: ReactNode; page?: boolean }) {
  const classes = useRootStyles();
  useLanguage();
  const [zone, setZone] = useZoneChoice();
  return (
    <ErrorBoundary>
      <OutcomeProvider>
        <div className={classes.root}>
          {/* all times are written anew; what is open is in the address */}
          <Fragment key={zone}>{props.children}</Fragment>
          {props.page && <ZoneSwitch value={zone} onChange={setZone} />}
        </div>
      </OutcomeProvider>
    </ErrorBoundary>
  );
}
