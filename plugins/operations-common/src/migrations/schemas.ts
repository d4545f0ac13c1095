import { z } from 'zod';
import { listParameter } from '../lib';

/**
 * What can be said of a component's migrations. `unknown` always says why, and is never taken for
 * settled.
 */
export const migrationStateSchema = z.enum([
  'settled',
  'settling',
  'pending',
  'missing',
  'out-of-order',
  'diverged',
  'failed',
  'locked',
  'silent',
  'unknown',
]);
export type MigrationState = z.infer<typeof migrationStateSchema>;

const indexSchema = z.object({
  keys: z.array(z.tuple([z.string(), z.union([z.number(), z.string()])])),
  options: z.record(z.string(), z.unknown()),
  models: z.array(z.string()),
});

/** Indexes of one collection: what is declared against what is there. */
const indexDiffSchema = z.object({
  collection: z.string(),
  /** declared, not there: would be created */
  missing: z.array(indexSchema),
  /** there, not declared: would be dropped only where dropping is allowed */
  extra: z.array(indexSchema),
  /** the same fields with other options */
  changed: z.array(z.object({ declared: indexSchema, actual: indexSchema })),
  same: z.array(indexSchema),
});
export type IndexDiff = z.infer<typeof indexDiffSchema>;

/** An instance, or a database that was read. */
const migrationInstanceSchema = z.object({
  instance: z.string(),
  version: z.string(),
  state: migrationStateSchema,
  /** why, a sentence each */
  reasons: z.array(z.string()),
  since: z.string(),
  reportedAt: z.string(),
  /** ended in order, or replaced: no longer counted */
  retired: z.boolean(),
  init: z
    .object({
      state: z.string(),
      models: z.array(z.string()),
      error: z.string().optional(),
    })
    .optional(),
  indexes: z.array(indexDiffSchema),
  migrations: z
    .object({
      tool: z.string(),
      current: z.string().nullable(),
      /** how many; absent where code and database have diverged, and nobody knows */
      applied: z.number().int().optional(),
      pending: z.array(z.string()),
      missing: z.array(z.string()),
      outOfOrder: z.array(z.string()),
      lastRun: z
        .object({
          name: z.string(),
          at: z.string(),
          direction: z.string(),
          result: z.string(),
          error: z.string().optional(),
          batch: z.number().int().optional(),
        })
        .optional(),
      lock: z
        .object({ since: z.string().optional(), by: z.string().optional() })
        .optional(),
    })
    .optional(),
});
export type MigrationInstance = z.infer<typeof migrationInstanceSchema>;

/** A component in an environment. */
const migrationComponentSchema = z.object({
  component: z.string(),
  environment: z.string(),
  /** `reports`: what it says of itself; otherwise the id of the source that reads its database */
  source: z.string(),
  state: migrationStateSchema,
  reasons: z.array(z.string()),
  since: z.string(),
  versions: z.array(
    z.object({ version: z.string(), instances: z.number().int() }),
  ),
  pendingIndexes: z.object({
    create: z.number().int(),
    drop: z.number().int(),
  }),
  pendingMigrations: z.number().int(),
  instances: z.array(migrationInstanceSchema),
});
/** @public */
export type MigrationComponent = z.infer<typeof migrationComponentSchema>;

/** Query of `GET /migrations`. */
export const migrationsQuerySchema = z.object({
  environment: listParameter(z.string().min(1).max(50)),
  state: listParameter(migrationStateSchema),
});
export type MigrationsQuery = z.infer<typeof migrationsQuerySchema>;

/**
 * Answer of `GET /migrations`: worst first; a sentence per environment says whether the deploy has
 * settled.
 */
export const migrationsSchema = z.object({
  items: z.array(migrationComponentSchema),
  environments: z.array(
    z.object({
      environment: z.string(),
      settled: z.boolean(),
      sentence: z.string(),
    }),
  ),
});
export type Migrations = z.infer<typeof migrationsSchema>;

/** Query of `GET /migrations/settled`. */
export const settledQuerySchema = z.object({
  component: z.string().min(1).max(100),
  version: z.string().min(1).max(100).optional(),
  environment: z.string().min(1).max(50).default('production'),
  /** how many instances there must be at least */
  instances: z.coerce.number().int().min(1).max(10_000).default(1),
});
export type SettledQuery = z.infer<typeof settledQuerySchema>;

/** Answer (200) of the deploy gate; 409 says what is not settled, 503 what is not known. */
export const settledSchema = z.object({
  settled: z.literal(true),
  component: z.string(),
  environment: z.string(),
  version: z.string().optional(),
  instances: z.number().int(),
  sentence: z.string(),
});
export type Settled = z.infer<typeof settledSchema>;

/** Answer of `POST /migrations/reports`. */
export const reportReceiptSchema = z.object({
  state: migrationStateSchema,
  reasons: z.array(z.string()),
  /** false: a newer report of this instance is there already */
  newest: z.boolean(),
});
export type ReportReceipt = z.infer<typeof reportReceiptSchema>;
