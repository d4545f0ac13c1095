import { useMemo } from 'react';
import { useRouteRef } from '@backstage/core-plugin-api';
import { jobKeyOf } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  pathOf,
  type AuditEntry,
  type JobKey,
  type PageName,
  type PageTarget,
  type Run,
} from '@craft-easy/backstage-plugin-operations-common';
import { rootRouteRef } from './routes';

/** Addresses of the pages, below wherever the portal mounts Operations. @public */
export interface Links {
  /** the page itself */
  root: string;
  /** The address of what a page can show, as the backend says what it is. */
  hrefOf: (target: PageTarget) => string;
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

/**
 * Makes the addresses of what the pages of Operations show. The result changes only when the mount
 * point does.
 *
 * @throws Error where the portal has no page of Operations
 * @public
 */
export function useLinks(): Links {
  const rootRoute = useRouteRef(rootRouteRef);
  return useMemo(() => {
    const mounted = rootRoute();
    // a portal may have the page at its own root
    const root = mounted === '/' ? '' : mounted;
    const hrefOf = (target: PageTarget) => `${root}${pathOf(target)}`;
    return {
      root: mounted,
      hrefOf,
      pageHref: (page, query) =>
        `${hrefOf({ kind: 'page', page })}${
          query ? `?${new URLSearchParams(query)}` : ''
        }`,
      jobHref: ({ engine, name }) => hrefOf({ kind: 'job', engine, name }),
      runHref: ({ engine, jobName, id }) =>
        hrefOf({ kind: 'run', id, job: { engine, name: jobName } }),
    };
  }, [rootRoute]);
}

/** Whole targets of the audit trail, which stand for the page of all of their kind. */
const PAGES_OF: Record<string, PageName> = {
  attention: 'attention',
  audit: 'audit',
  flags: 'flags',
  maintenance: 'maintenance',
  'rate-limit-override': 'rate-limits',
  'rate-limit-overrides': 'rate-limits',
  runs: 'runs',
  'run-bulk': 'runs',
  webhooks: 'webhooks',
  'webhook-replay': 'webhooks',
  'webhook-suppression': 'webhooks',
  'webhook-suppressions': 'webhooks',
};

/** What a page can show of that which an action was about; undefined where no page does. */
export function targetOf(
  of: Pick<AuditEntry, 'target' | 'jobId'>,
): PageTarget | undefined {
  const colon = `${of.target}:`.indexOf(':');
  const kind = of.target.slice(0, colon);
  const id = of.target.slice(colon + 1);
  switch (kind) {
    case 'job':
      return { kind: 'job', ...jobKeyOf(id) };
    case 'run':
      return { kind: 'run', id, ...(of.jobId && { job: jobKeyOf(of.jobId) }) };
    case 'webhook':
      return { kind: 'webhook-failure', id };
    case 'flag':
      return { kind: 'flag', key: id };
    case 'cache':
      return { kind: 'cache', name: id };
    case 'cache-purge':
    case 'approval':
      return { kind, id };
    default:
      return Object.hasOwn(PAGES_OF, kind)
        ? { kind: 'page', page: PAGES_OF[kind] }
        : undefined;
  }
}
