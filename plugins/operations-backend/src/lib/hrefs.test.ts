import { hrefOf } from './hrefs';

it.each([
  ['webhook-suppressions:acme', '/operations/webhooks'],
  ['webhook-suppression:s1', '/operations/webhooks'],
  ['webhook-replay:r1', '/operations/webhooks'],
  ['webhook:w1', '/operations/webhooks?failure=w1'],
  ['cache-purge:p1', '/operations/caches?purge=p1'],
  ['approval:a1', '/operations/approvals?approval=a1'],
  ['flag:new-checkout', '/operations/flags'],
  ['job:bullmq/daily mrr', '/operations/jobs/bullmq/daily%20mrr'],
])(
  '%s is shown at %s, by what the page takes from its address',
  (target, href) => {
    expect(hrefOf({ target })).toBe(href);
  },
);
