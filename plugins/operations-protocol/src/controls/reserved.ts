/*
 * Kinds of controls that version 1 reserves. No portal publishes them yet. They stand here so that
 * their keys, their records and what a reader without them does are settled before a reader in
 * another language is written: such a reader loads and follows the kinds that it knows, and nothing
 * else.
 */
import { z } from 'zod';
import { engineNameSchema, tenantSchema, timestampSchema } from '../common';
import { controlRecordSchema } from './published';

/** Kinds of controls that a later portal will publish under the keys of controls. */
export const RESERVED_CONTROL_KINDS = ['holds', 'caps'] as const;

/** What is held, or capped: a job, a tenant, or everything. */
const subjectSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('job'),
    engine: engineNameSchema,
    name: z.string().min(1).max(200),
  }),
  z.object({ kind: z.literal('tenant'), tenant: tenantSchema }),
  z.object({ kind: z.literal('platform') }),
]);

/** No reason and no name of a person: who may read the records need not know why. */
const timedRecordSchema = controlRecordSchema.extend({
  subject: subjectSchema,
  startsAt: timestampSchema,
  endsAt: timestampSchema,
});

/** Runs of the subject wait while it is in force. */
export const holdRecordSchema = timedRecordSchema;

/** At most so many runs of the subject are under way while it is in force. */
export const capRecordSchema = timedRecordSchema.extend({
  maxActiveRuns: z.number().int().min(1).max(1_000_000),
});
