import { z } from 'zod';
import {
  listParameter,
  pageQuerySchema,
  pageSchema,
  reasonSchema,
} from '../lib';
import { reasonWordsSchema } from '../lib/sentenceSchema';
import { capabilitySchema } from '../jobs/run';
import {
  MAX_EXACT_KEYS,
  MAX_KEY_LENGTH,
  MAX_PATTERN_LENGTH,
  SOFT_WINDOW_SECONDS,
} from './limits';

/** Name of a target, from config. */
export const cacheTargetNameSchema = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words joined by hyphens');

const patternSchema = z
  .string()
  .min(1)
  .max(
    MAX_PATTERN_LENGTH,
    `a pattern has at most ${MAX_PATTERN_LENGTH} characters`,
  );

/**
 * What to purge: exact keys, or whatever matches a glob of Redis' MATCH. Exactly one of the two.
 */
const cacheSelectionSchema = z
  .strictObject({
    keys: z
      .array(z.string().min(1).max(MAX_KEY_LENGTH))
      .min(1)
      .max(MAX_EXACT_KEYS)
      .transform(keys => [...new Set(keys)])
      .optional(),
    pattern: patternSchema.optional(),
  })
  .refine(s => (s.keys === undefined) !== (s.pattern === undefined), {
    message: 'give either `keys` or `pattern`',
    params: { code: 'pattern-or-keys' },
    path: ['pattern'],
  });
export type CacheSelection = z.infer<typeof cacheSelectionSchema>;

/**
 * Hard: UNLINK. Soft: the keys expire spread over a window, so that they are not all missed at
 * once.
 */
const purgeModeSchema = z.enum(['hard', 'soft']);
export type PurgeMode = z.infer<typeof purgeModeSchema>;

const purgeStatusSchema = z.enum([
  'queued',
  'running',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
]);
export type PurgeStatus = z.infer<typeof purgeStatusSchema>;

const prefixSchema = z.object({ prefix: z.string(), why: z.string() });

/** Answer of `POST /caches/:target/previews`. Nothing was changed. */
export const cachePreviewSchema = z.object({
  /** To be named by the purge; good for 15 minutes, for this person and this selection. */
  id: z.string(),
  target: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  selection: z.object({
    keys: z.number().int().optional(),
    pattern: z.string().optional(),
  }),
  /** May be purged as it is; `reason` says why not. */
  allowed: z.boolean(),
  reason: z.string().optional(),
  words: reasonWordsSchema,
  conflicts: z.array(prefixSchema),
  /** The words to type for a pattern without a literal prefix. */
  confirmation: z.string().optional(),
  /** How many keys, and whether they were counted or estimated from a sample. */
  count: z.number().int(),
  exact: z.boolean(),
  scanned: z.number().int(),
  totalKeys: z.number().int(),
  /** Memory that would come free, from the mean of the sample. */
  bytes: z.number().int(),
  /** Of the exact keys: not there, or not to be touched. */
  missing: z.number().int(),
  skipped: z.array(z.object({ key: z.string(), why: z.string() })),
  sample: z.array(
    z.object({
      key: z.string(),
      type: z.string(),
      bytes: z.number().int().optional(),
      /** absent: no expiry */
      ttlMs: z.number().int().optional(),
    }),
  ),
  minSoftWindowSeconds: z.number().int(),
});
export type CachePreview = z.infer<typeof cachePreviewSchema>;

/** Query of `GET /caches/:target/prefixes`. */
export const cachePrefixesQuerySchema = z.object({
  /** a glob that ends with a colon: "cache:*:"; absent: the beginning of keys */
  under: patternSchema.optional(),
});

/**
 * Answer of `GET /caches/:target/prefixes`: how keys go on, from a sample, the most frequent
 * first.
 */
export const cachePrefixesSchema = z.object({
  /** keys that were looked at, and how many there are */
  scanned: z.number().int(),
  totalKeys: z.number().int(),
  /** all were looked at; else `keys` are estimates */
  exact: z.boolean(),
  parts: z.array(
    z.object({
      /** up to the next colon, or the end of the key */
      part: z.string(),
      /** whether there are keys with more parts; else it ends keys */
      below: z.boolean(),
      /** matches these keys */
      pattern: z.string(),
      keys: z.number().int(),
      /** why none of them may be purged */
      refused: z.string().optional(),
    }),
  ),
  /** parts that are left out */
  more: z.number().int(),
});
export type CachePrefixes = z.infer<typeof cachePrefixesSchema>;

/** Body of `POST /caches/:target/previews`. */
export const cachePreviewRequestSchema = cacheSelectionSchema;

/** Body of `POST /caches/:target/purges`. */
export const cachePurgeRequestSchema = z.strictObject({
  reason: reasonSchema,
  previewId: z.string().min(1).max(100),
  mode: purgeModeSchema,
  /** Soft only: over how long the keys expire. */
  windowSeconds: z
    .number()
    .int()
    .min(SOFT_WINDOW_SECONDS.min)
    .max(SOFT_WINDOW_SECONDS.max)
    .optional(),
  /** Keys a second; 0 means unthrottled, where the target allows it. */
  keysPerSecond: z.number().int().min(0).max(10_000_000).optional(),
  /** The pattern typed out, where the preview asks for it. */
  confirmation: z.string().max(MAX_PATTERN_LENGTH).optional(),
});
export type CachePurgeRequest = z.infer<typeof cachePurgeRequestSchema>;

/** A purge and how far it is. Times ISO 8601 UTC. */
export const cachePurgeSchema = z.object({
  id: z.string(),
  target: z.string(),
  targetTitle: z.string(),
  pattern: z.string().optional(),
  /** number of exact keys given, and the first 200 of them */
  keyCount: z.number().int().optional(),
  keys: z.array(z.string()).optional(),
  mode: purgeModeSchema,
  windowSeconds: z.number().int().optional(),
  keysPerSecond: z.number().int(),
  status: purgeStatusSchema,
  reason: z.string(),
  requestedBy: z.string(),
  cancelledBy: z.string().optional(),
  createdAt: z.string(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  /** purges of the same target that come first, while queued */
  ahead: z.number().int().optional(),
  estimatedKeys: z.number().int(),
  totalKeys: z.number().int(),
  scanned: z.number().int(),
  matched: z.number().int(),
  /** hard: removed; soft: given an earlier expiry */
  removed: z.number().int(),
  /**
   * matched the pattern, left alone: protected, outside the allowed prefixes, or (soft) about to
   * expire sooner anyway
   */
  skipped: z.number().int(),
  currentKeysPerSecond: z.number().optional(),
  /** round trip of a PING beside the purge, p99 of the last seconds, milliseconds */
  latencyMs: z.number().optional(),
  secondsLeft: z.number().optional(),
  /** how often another replica took it over */
  resumed: z.number().int(),
  masters: z.number().int(),
  mastersDone: z.number().int(),
  error: z.string().optional(),
  auditId: z.string().optional(),
  cancel: capabilitySchema,
});
/** @public */
export type CachePurge = z.infer<typeof cachePurgeSchema>;

/** Answer of `GET /cache-purges/:id/keys`: none where it went by a pattern. */
export const cachePurgeKeysSchema = z.object({ keys: z.array(z.string()) });

/** A target as the page shows it. */
const cacheTargetSchema = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  topology: z.enum(['single', 'sentinel', 'cluster']),
  allowedPrefixes: z.array(z.string()),
  protectedPrefixes: z.array(prefixSchema),
  defaultKeysPerSecond: z.number().int(),
  maxKeysPerSecond: z.number().int(),
  allowUnthrottled: z.boolean(),
  maxKeysPerPurge: z.number().int(),
  cooldownSeconds: z.number().int(),
  /** what the server says of itself now; absent if it does not answer */
  health: z
    .object({
      keys: z.number().int(),
      usedBytes: z.number().int(),
      masters: z.number().int(),
    })
    .optional(),
  unreachable: z.string().optional(),
  activePurge: cachePurgeSchema.optional(),
  queued: z.number().int(),
  lastPurge: cachePurgeSchema.optional(),
  /** the caller's own next purge may start then */
  cooldownUntil: z.string().optional(),
  purge: capabilitySchema,
});
export type CacheTargetSummary = z.infer<typeof cacheTargetSchema>;

/** Answer of `GET /caches`. */
export const cacheTargetsSchema = z.object({
  items: z.array(cacheTargetSchema),
});
export type CacheTargets = z.infer<typeof cacheTargetsSchema>;

/** Query of `GET /cache-purges`. Newest first. */
export const cachePurgesQuerySchema = pageQuerySchema.extend({
  target: listParameter(cacheTargetNameSchema),
  status: listParameter(purgeStatusSchema),
});
export type CachePurgesQuery = z.infer<typeof cachePurgesQuerySchema>;
/** Answer of `GET /cache-purges`. */
export const cachePurgesPageSchema = pageSchema(cachePurgeSchema);
