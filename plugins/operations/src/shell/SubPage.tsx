import type { ReactNode } from 'react';
import type { Capability } from './capabilities';
import { CapabilityPage } from './CapabilityPage';
import { PageContent } from './PageContent';

/** A capability within the page of the new frontend system. */
export function SubPage(props: {
  capability: Capability;
  children: ReactNode;
}) {
  return (
    <PageContent>
      <CapabilityPage capability={props.capability}>
        {props.children}
      </CapabilityPage>
    </PageContent>
  );
}
