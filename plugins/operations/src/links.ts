import { useMemo } from 'react';
import { useRouteRef } from '@backstage/core-plugin-api';
import type {
  JobKey,
  Run,
} from '@craft-easy/backstage-plugin-operations-common';
import { jobRouteRef, rootRouteRef } from './routes';

/** A page of Operations: a tab, by the path of its capability. */
export type PageName =
  | 'attention'
  | 'jobs'
  | 'webhooks'
  | 'rate-limits'
  | 'flags'
  | 'maintenance'
  | 'caches'
  | 'migrations'
  | 'approvals'
  | 'audit';

/** Addresses of the pages, below wherever the portal mounts Operations. */
export interface Links {
  root: string;
  /** A page, with what it keeps in the query string. */
  pageHref: (name: PageName, query?: Record<string, string>) => string;
  jobHref: (job: JobKey) => string;
  /** A run, open on the page of its job. */
  runHref: (run: Pick<Run, 'engine' | 'jobName' | 'id'>) => string;
}

/** A document on how something works, by the name of its file. */
export function docsHref(name: string): string {
  return `https://github.com/craft-easy/backstage-operations/blob/main/docs/${name}.md`;
}

/** Makes all addresses; the result changes only when the mount point does. */
export function useLinks(): Links {
  const rootRoute = useRouteRef(rootRouteRef);
  const jobRoute = useRouteRef(jobRouteRef);
  return useMemo(() => {
    const root = rootRoute();
    return {
      root,
      pageHref: (name, query) =>
        `${root}/${name}${query ? `?${new URLSearchParams(query)}` : ''}`,
      jobHref: ({ engine, name }) => jobRoute({ engine, name }),
      runHref: ({ engine, jobName, id }) =>
        `${jobRoute({ engine, name: jobName })}?${new URLSearchParams({
          run: id,
        })}`,
    };
  }, [rootRoute, jobRoute]);
}
