import { z } from 'zod';

/** Who has a permission: as far as this portal tells. */
const permissionHolderSchema = z.object({
  /** entity reference of a group or user; absent: whoever owns the job in question */
  entityRef: z.string().optional(),
  /** in words, where it holds for some things only */
  condition: z.string().optional(),
});
export type PermissionHolder = z.infer<typeof permissionHolderSchema>;

/** A permission, what the caller has of it, and who else has it. */
const explainedPermissionSchema = z.object({
  permission: z.string(),
  /** what it is for, in a few words */
  title: z.string(),
  action: z.enum(['create', 'read', 'update', 'delete']).optional(),
  decision: z.enum(['allow', 'deny', 'conditional']),
  /** of a conditional decision: for which things it holds, in words */
  condition: z.string().optional(),
  holders: z.array(permissionHolderSchema),
});
export type ExplainedPermission = z.infer<typeof explainedPermissionSchema>;

/** Pages that a portal can do without, by the names of their capabilities. */
export const OPTIONAL_PAGES = [
  'webhooks',
  'rate-limits',
  'flags',
  'maintenance',
  'caches',
  'migrations',
  'approvals',
] as const;
export type OptionalPage = (typeof OPTIONAL_PAGES)[number];

/** Answer of `GET /permissions/mine`. */
export const myPermissionsSchema = z.object({
  /** entity reference of the user, or `service:<subject>` */
  subject: z.string(),
  items: z.array(explainedPermissionSchema),
  /** whether the portal says who has what at all */
  holdersKnown: z.boolean(),
  /** pages of which nothing was ever configured or reported, or that are switched off */
  unusedPages: z.array(z.enum(OPTIONAL_PAGES)),
});
export type MyPermissions = z.infer<typeof myPermissionsSchema>;
