import type { ReactNode } from 'react';
import { Link } from '@backstage/core-components';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';

/** A link into the audit trail: to an entry, or to all that was done to a target, job or tenant. */
export function AuditLink(props: {
  of:
    | { entry: string }
    | { target: string }
    | { job: string }
    | { tenant: string };
  children: ReactNode;
}) {
  const links = useLinks();
  return <Link to={links.pageHref('audit', props.of)}>{props.children}</Link>;
}
