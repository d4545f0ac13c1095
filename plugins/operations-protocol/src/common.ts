import { z } from 'zod';

/** A point in time on the wire: ISO 8601 in UTC with milliseconds. */
export const timestampSchema = z.iso.datetime().describe('ISO 8601, UTC');

/**
 * Name of a job: also its queue and its catalog entity, hence at most 63 characters of `a-z0-9-`.
 */
export const jobNameSchema = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words joined by hyphens');

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

/** Identifier of a tenant, as the platform calls it. */
export const tenantSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'letters, digits, dot, dash, underscore',
  );

/**
 * Identifier of a run: unique over all jobs and engines, safe in a URL and as a BullMQ job id.
 */
export const runIdSchema = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

/** A Backstage entity reference, `kind:namespace/name`. */
export const entityRefSchema = z
  .string()
  .max(300)
  .regex(/^[a-z]+:[A-Za-z0-9-_.]+\/[A-Za-z0-9-_.]+$/i, 'kind:namespace/name');
