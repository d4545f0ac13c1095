import {
  cachePreviewRequestSchema,
  cachePreviewSchema,
  cachePurgeKeysSchema,
  cachePurgePermission,
  cachePurgeRequestSchema,
  cachePurgeResultSchema,
  cachePurgeSchema,
  cachePurgesPageSchema,
  cachePurgesQuerySchema,
  cacheReadPermission,
  cacheTargetNameSchema,
  cacheTargetsSchema,
  cancelPurgeSchema,
} from '@craft-easy/backstage-plugin-operations-common';
import { z } from 'zod';
import { action, read, type Route } from '../lib/routes';
import type { CacheActions } from './CacheActions';

const target = z.object({ target: cacheTargetNameSchema });
const purge = z.object({ id: z.string().min(1).max(64) });

/** Caches and their purges. */
export function cacheRoutes(caches: CacheActions): Route[] {
  const see = cacheReadPermission;
  const can = cachePurgePermission;
  // prettier-ignore
  return [
    read('GET /caches', see, { summary: 'The caches that may be purged, and how they are', answer: cacheTargetsSchema }, c => caches.list(c)),
    action('POST /caches/:target/previews', can, { summary: 'What a purge would take; changes nothing', params: target, body: cachePreviewRequestSchema, answer: cachePreviewSchema }, c => caches.preview(c)),
    action('POST /caches/:target/purges', can, { summary: 'Begin what was previewed', params: target, body: cachePurgeRequestSchema, answer: cachePurgeResultSchema, status: 202 }, c => caches.purge(c)),
    read('GET /cache-purges', see, { summary: 'Purges, newest first', query: cachePurgesQuerySchema, answer: cachePurgesPageSchema }, c => caches.history(c)),
    read('GET /cache-purges/:id', see, { summary: 'A purge, and how far it is', params: purge, answer: cachePurgeSchema }, c => caches.get(c)),
    read('GET /cache-purges/:id/keys', see, { summary: 'All the exact keys it was given, to purge them again', params: purge, answer: cachePurgeKeysSchema }, c => caches.keys(c)),
    action('POST /cache-purges/:id/cancel', can, { summary: 'Stop it: what is removed stays removed', params: purge, body: cancelPurgeSchema, answer: cachePurgeResultSchema, status: 202 }, c => caches.cancel(c)),
  ];
}
