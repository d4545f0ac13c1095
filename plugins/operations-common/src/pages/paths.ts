import type { PageName } from './names';
import type { PageTarget } from './target';

const segment = encodeURIComponent;

/** Where a portal mounts the pages that does not say otherwise. @public */
export const DEFAULT_MOUNT_PATH = '/operations';

/**
 * The path of a target below the mount point of the pages, with its query: `/jobs/bullmq/nightly`.
 * The pages themselves put it below the route that the portal gave them.
 * @public
 */
export function pathOf(target: PageTarget): string {
  switch (target.kind) {
    case 'page':
      return page(target.page);
    case 'job':
      return `${page('jobs')}/${segment(target.engine)}/${segment(
        target.name,
      )}`;
    case 'run': {
      const { id, job } = target;
      return job
        ? `${pathOf({ kind: 'job', ...job })}${query({ run: id })}`
        : `/run/${segment(id)}`;
    }
    case 'tenant':
      return `/tenants/${segment(target.tenant)}`;
    case 'webhooks': {
      const { tenant, endpoint } = target;
      return page('webhooks', { tenant, ...(endpoint && { endpoint }) });
    }
    case 'webhook-failure':
      return page('webhooks', { failure: target.id });
    case 'flag':
      return page('flags', { flag: target.key, search: target.key });
    case 'cache':
      return page('caches', { target: target.name });
    case 'cache-purge':
      return page('caches', { purge: target.id });
    case 'migrations': {
      const { source, environment, component } = target;
      const open = `${source}/${environment}/${component}`;
      return page('migrations', { open });
    }
    default:
      return page('approvals', { approval: target.id });
  }
}

function page(name: PageName, values?: Record<string, string>): string {
  return `/${name}${values ? query(values) : ''}`;
}

function query(values: Record<string, string>): string {
  return `?${new URLSearchParams(values)}`;
}
