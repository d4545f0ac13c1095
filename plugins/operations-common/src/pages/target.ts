import { z } from 'zod';
import { PAGES } from './names';

const id = z.string().min(1);

/**
 * What a page of Operations can show. The backend answers with such a target, kind and ids, and
 * never with an address: where the pages are mounted is the portal's affair. The pages make an
 * address of it by their routes; whoever sends a link elsewhere (a notification, a hit of the
 * search) does by `operations.mountPath`.
 */
export const pageTargetSchema = z.discriminatedUnion('kind', [
  /** a page as a whole */
  z.object({ kind: z.literal('page'), page: z.enum(PAGES) }),
  z.object({ kind: z.literal('job'), engine: id, name: id }),
  /** of any job; with the job its page opens at once */
  z.object({
    kind: z.literal('run'),
    id,
    job: z.object({ engine: id, name: id }).optional(),
  }),
  z.object({ kind: z.literal('tenant'), tenant: id }),
  /** the failed webhooks of a tenant, or of one of its endpoints */
  z.object({
    kind: z.literal('webhooks'),
    tenant: id,
    endpoint: z.string().optional(),
  }),
  z.object({ kind: z.literal('webhook-failure'), id }),
  z.object({ kind: z.literal('flag'), key: id }),
  z.object({ kind: z.literal('cache'), name: id }),
  z.object({ kind: z.literal('cache-purge'), id }),
  /** the migrations of a component in an environment, as a source reports them */
  z.object({
    kind: z.literal('migrations'),
    source: id,
    environment: id,
    component: id,
  }),
  z.object({ kind: z.literal('approval'), id }),
]);
/** What a page of Operations can show, by kind and ids. @public */
export type PageTarget = z.infer<typeof pageTargetSchema>;
