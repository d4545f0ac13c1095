import type { ReactNode } from 'react';
import { Link } from '@backstage/core-components';

/** What a trail can be of: a thing by its target, a job with all its runs, a tenant. */
export type TrailOf = { target: string } | { job: string } | { tenant: string };

/** Where the trail of something is. */
export function trailOf(of: TrailOf): string {
  return `/operations/audit?${new URLSearchParams(of)}`;
}

/** "What was done to this?" */
export function TrailLink(props: { of: TrailOf; children?: ReactNode }) {
  return (
    <Link to={trailOf(props.of)}>
      {props.children ?? 'What was done to this?'}
    </Link>
  );
}
