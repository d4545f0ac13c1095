import { z } from 'zod';
import { extendControlSchema, pageSchema, reasonBodySchema } from '../lib';
import { defineEndpoints } from '../lib/endpoint';
import {
  rateLimitOverridePermission,
  rateLimitReadPermission,
} from '../permissions';
import {
  createOverrideSchema,
  overridePreviewQuerySchema,
  overridePreviewSchema,
  rateLimitOverrideSchema,
  rateLimitOverridesQuerySchema,
  rateLimitUsageSchema,
} from './override';

const answer = z.object({ override: rateLimitOverrideSchema });

/** @internal */
export const rateLimitEndpoints = defineEndpoints({
  'GET /rate-limit-overrides': {
    operationId: 'listRateLimitOverrides',
    summary: 'List rate-limit overrides',
    description: 'The latest end first.',
    permission: rateLimitReadPermission,
    query: rateLimitOverridesQuerySchema,
    answer: pageSchema(rateLimitOverrideSchema),
    agents: 'safe',
  },
  'GET /rate-limit-overrides/preview': {
    operationId: 'previewRateLimitOverride',
    summary: 'Preview a rate-limit override',
    description: 'What the override would have let through in the last hour.',
    permission: rateLimitReadPermission,
    query: overridePreviewQuerySchema,
    answer: overridePreviewSchema,
  },
  'GET /rate-limit-usage': {
    operationId: 'getRateLimitUsage',
    summary: 'Get the usage of rate limits',
    description: 'What limiters count now, and what overrides may be.',
    permission: rateLimitReadPermission,
    answer: rateLimitUsageSchema,
  },
  'POST /rate-limit-overrides': {
    operationId: 'createRateLimitOverride',
    summary: 'Create a rate-limit override',
    description:
      'Lifts or lowers the limit of a tenant or address up to an end.',
    permission: rateLimitOverridePermission,
    body: createOverrideSchema,
    answer,
    status: 201,
  },
  'POST /rate-limit-overrides/:id/extend': {
    operationId: 'extendRateLimitOverride',
    summary: 'Extend a rate-limit override',
    permission: rateLimitOverridePermission,
    body: extendControlSchema,
    answer,
  },
  'POST /rate-limit-overrides/:id/end': {
    operationId: 'endRateLimitOverride',
    summary: 'End a rate-limit override',
    permission: rateLimitOverridePermission,
    body: reasonBodySchema,
    answer,
  },
});
