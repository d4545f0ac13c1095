import { z } from 'zod';
import { timestampSchema } from '../common';

/** Name of a component, as its platform calls it. */
const componentNameSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

/** Where a component runs: `production`, `staging` … */
const environmentSchema = z
  .string()
  .min(1)
  .max(50)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
  .default('production');

/**
 * An index: its fields in order, and the options that tell it from another of the same fields.
 */
const indexSpecSchema = z.object({
  name: z.string().max(300).optional(),
  keys: z
    .array(z.tuple([z.string().max(300), z.union([z.number(), z.string()])]))
    .max(32),
  options: z
    .record(z.string().max(100), z.unknown())
    .default({})
    .describe(
      'unique, sparse, hidden, expireAfterSeconds, partialFilterExpression, collation …; what the server adds by itself is ignored',
    ),
});
export type IndexSpec = z.infer<typeof indexSpecSchema>;

/** Indexes that a model declares, and those that its collection has. */
const modelIndexesSchema = z.object({
  collection: z.string().min(1).max(200),
  model: z.string().max(200).optional(),
  declared: z.array(indexSpecSchema).max(200),
  actual: z.array(indexSpecSchema).max(200),
});
export type ModelIndexes = z.infer<typeof modelIndexesSchema>;

/** Migrations of a component: which there are, and which is current. */
const componentMigrationsSchema = z.object({
  tool: z.string().max(50).describe('beanie, knex …'),
  /** names of the migration files that this version ships */
  files: z.array(z.string().max(300)).max(5_000),
  /** name of the newest one that was run; null: none ever */
  current: z.string().max(300).nullable(),
  lastRun: z
    .object({
      name: z.string().max(300),
      /**
       * as the tool wrote it; without an offset it is the local time of wherever it ran (Beanie)
       */
      at: z.string().max(50),
      direction: z.enum(['forward', 'backward']),
      result: z.enum(['succeeded', 'failed']),
      error: z.string().max(4_000).optional(),
    })
    .optional(),
});
export type ComponentMigrations = z.infer<typeof componentMigrationsSchema>;

/**
 * What one instance of a component says of itself, whole each time: the newest of an instance
 * stands, repeating one does no harm. Sent at start, at each change and then every `everyMs`; an
 * instance that has not been heard of for three times that is silent.
 */
export const migrationReportSchema = z.object({
  v: z.literal(1),
  component: componentNameSchema,
  environment: environmentSchema,
  version: z.string().min(1).max(100),
  instance: z.string().min(1).max(200),
  at: timestampSchema,
  everyMs: z.number().int().min(1_000).max(3_600_000).default(30_000),
  init: z
    .object({
      state: z.enum(['not-started', 'initialising', 'initialised', 'failed']),
      models: z.array(z.string().max(200)).max(2_000).default([]),
      error: z.string().max(4_000).optional(),
    })
    .describe('of the ODM or ORM'),
  indexes: z.array(modelIndexesSchema).max(2_000).default([]),
  allowIndexDropping: z
    .boolean()
    .default(false)
    .describe('whether initialising drops indexes that no model declares'),
  migrations: componentMigrationsSchema.optional(),
  stopping: z
    .boolean()
    .default(false)
    .describe('the last word of an instance that ends in order'),
});
export type MigrationReport = z.infer<typeof migrationReportSchema>;
/** What a reporter may send: defaults left out. @public */
export type MigrationReportInput = z.input<typeof migrationReportSchema>;

/** Reports missed in a row that make an instance silent. */
export const SILENT_AFTER_REPORTS = 3;
