import { cacheEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { attach } from '../lib/attach';
import type { Route } from '../lib/routes';
import { cacheActions, type CacheActionsOptions } from './actions';

/** Caches and their purges. */
export function cacheRoutes(options: CacheActionsOptions): Route[] {
  const { caches, purges, callerOf } = options;
  return attach('caches', cacheEndpoints, {
    'GET /caches': async c => ({ items: await caches.list(await callerOf(c)) }),
    'GET /caches/:target/prefixes': async c =>
      caches.prefixes(await callerOf(c), c.params.target, c.query.under),
    'POST /caches/:target/previews': async c =>
      caches.preview(await callerOf(c), c.params.target, c.body()),
    'GET /cache-purges': async c => purges.history(c.query, await callerOf(c)),
    'GET /cache-purges/:id': async c =>
      purges.view(c.params.id, await callerOf(c)),
    'GET /cache-purges/:id/keys': async c => ({
      keys: await purges.keys(c.params.id),
    }),
    ...cacheActions(options),
  });
}
