import type { Subject } from './actions';

const ROOT = '/operations';

const PAGES: Record<string, string> = {
  attention: 'attention',
  flag: 'flags',
  flags: 'flags',
  maintenance: 'maintenance',
  'rate-limit-override': 'rate-limits',
  'rate-limit-overrides': 'rate-limits',
  webhooks: 'webhooks',
  'webhook-replay': 'webhooks',
  'webhook-suppression': 'webhooks',
  'webhook-suppressions': 'webhooks',
};

/**
 * The page of a job.
 * @param id - `<engine>/<name>`
 */
export function jobHref(id: string): string {
  return `${ROOT}/jobs/${id.split('/').map(encodeURIComponent).join('/')}`;
}

/** Where the portal shows what an action is about. */
export function hrefOf({ target, jobId }: Subject): string {
  const [kind, ...rest] = target.split(':');
  const id = rest.join(':');
  switch (kind) {
    case 'job':
      return jobHref(id);
    case 'run':
      return jobId
        ? `${jobHref(jobId)}?run=${encodeURIComponent(id)}`
        : `${ROOT}/jobs`;
    case 'webhook':
      return `${ROOT}/webhooks?failure=${id}`;
    case 'cache':
      return `${ROOT}/caches?target=${id}`;
    case 'cache-purge':
      return `${ROOT}/caches?purge=${encodeURIComponent(id)}`;
    case 'approval':
      return `${ROOT}/approvals?approval=${id}`;
    default:
      return `${ROOT}/${PAGES[kind] ?? ''}`;
  }
}
