import { z } from 'zod';
import {
  INVISIBLE,
  MAX_TENANT_LENGTH,
  tenantFault,
  tenantProblem,
} from './tenant';

/** A point in time on the wire: ISO 8601 in UTC with milliseconds. */
export const timestampSchema = z.iso.datetime().describe('ISO 8601, UTC');

/** Name of a job. Its queue, keys, runs and entity follow from it, see `names.ts`. */
export const jobNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$/,
    'a name of 1 to 200 of the characters A-Z a-z 0-9 . _ : - that begins with a letter or digit',
  );

/**
 * Name of an engine, which carries run requests or is only watched. The set is open: a module of
 * the portal adds an engine, and a job of an engine without a module can still be watched.
 */
export const engineNameSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,49}$/,
    'a lower-case letter, then letters, digits and hyphens, at most 50 characters',
  );

/** Identifier of a tenant, as the platform's identity provider gives it. */
export const tenantSchema = z
  .string()
  .superRefine((id, context) => {
    const fault = tenantFault(id);
    if (!fault) return;
    const values = { limit: MAX_TENANT_LENGTH };
    context.addIssue({
      code: 'custom',
      message: tenantProblem(id),
      params: {
        code: 'field-says',
        values: { problem: { code: `tenant-${fault}`, values } },
      },
    });
  })
  .meta({
    minLength: 1,
    maxLength: MAX_TENANT_LENGTH,
    pattern: `^[^${INVISIBLE}]+$`,
    description:
      'in NFC, without control, zero-width or bidirectional characters, and without a blank at either end',
  });

/**
 * Identifier of a run: unique over all jobs and engines, safe in a URL and as a BullMQ job id.
 */
export const runIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._~-]{0,199}$/,
    'an id of 1 to 200 of the characters A-Z a-z 0-9 . _ ~ - that begins with a letter or digit',
  );

/** A Backstage entity reference, `kind:namespace/name`. */
export const entityRefSchema = z
  .string()
  .max(300)
  .regex(/^[a-z]+:[A-Za-z0-9-_.]+\/[A-Za-z0-9-_.]+$/i, 'kind:namespace/name');
