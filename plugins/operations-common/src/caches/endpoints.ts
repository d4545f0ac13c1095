import { z } from 'zod';
import { reasonBodySchema } from '../lib';
import { defineEndpoints } from '../lib/endpoint';
import { cachePurgePermission, cacheReadPermission } from '../permissions';
import {
  cachePrefixesQuerySchema,
  cachePrefixesSchema,
  cachePreviewRequestSchema,
  cachePreviewSchema,
  cachePurgeKeysSchema,
  cachePurgeRequestSchema,
  cachePurgeSchema,
  cachePurgesPageSchema,
  cachePurgesQuerySchema,
  cacheTargetNameSchema,
  cacheTargetsSchema,
} from './schemas';

const ofTarget = z.object({ target: cacheTargetNameSchema });
const ofPurge = z.object({ id: z.string().min(1).max(64) });
const answer = z.object({ purge: cachePurgeSchema });

/** @internal */
export const cacheEndpoints = defineEndpoints({
  'GET /caches': {
    operationId: 'listCaches',
    summary: 'List caches',
    description: 'Caches that may be purged, and how they are.',
    permission: cacheReadPermission,
    answer: cacheTargetsSchema,
    agents: 'safe',
  },
  'GET /caches/:target/prefixes': {
    operationId: 'listCachePrefixes',
    summary: 'List the prefixes of a cache’s keys',
    description:
      'How keys go on after a prefix, from a sample of at most 20,000 keys or one second.',
    permission: cachePurgePermission,
    params: ofTarget,
    query: cachePrefixesQuerySchema,
    answer: cachePrefixesSchema,
  },
  'POST /caches/:target/previews': {
    operationId: 'previewCachePurge',
    summary: 'Preview a cache purge',
    description:
      'Counts what a purge would take and shows a sample; changes nothing. The purge needs its id.',
    permission: cachePurgePermission,
    params: ofTarget,
    body: cachePreviewRequestSchema,
    answer: cachePreviewSchema,
    kind: 'query',
    agents: 'safe',
  },
  'POST /caches/:target/purges': {
    operationId: 'purgeCache',
    summary: 'Purge a cache',
    description: 'Removes what was previewed; it cannot be taken back.',
    permission: cachePurgePermission,
    params: ofTarget,
    body: cachePurgeRequestSchema,
    answer,
    status: 202,
    agents: 'destructive',
  },
  'GET /cache-purges': {
    operationId: 'listCachePurges',
    summary: 'List cache purges',
    description: 'The newest first.',
    permission: cacheReadPermission,
    query: cachePurgesQuerySchema,
    answer: cachePurgesPageSchema,
  },
  'GET /cache-purges/:id': {
    operationId: 'getCachePurge',
    summary: 'Get a cache purge',
    description: 'With how far it is.',
    permission: cacheReadPermission,
    params: ofPurge,
    answer: cachePurgeSchema,
  },
  'GET /cache-purges/:id/keys': {
    operationId: 'listCachePurgeKeys',
    summary: 'List the exact keys of a cache purge',
    description:
      'All of them, for another purge like it; none if it has a pattern.',
    permission: cacheReadPermission,
    params: ofPurge,
    answer: cachePurgeKeysSchema,
  },
  'POST /cache-purges/:id/cancel': {
    operationId: 'cancelCachePurge',
    summary: 'Cancel a cache purge',
    description: 'What is removed stays removed.',
    permission: cachePurgePermission,
    params: ofPurge,
    body: reasonBodySchema,
    answer,
    status: 202,
  },
});
