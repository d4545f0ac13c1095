import {
  cachePurgePermission,
  checkinReportPermission,
  flagTogglePermission,
  jobCancelPermission,
  jobReadPermission,
  jobRetryPermission,
  jobRunPermission,
  maintenanceTogglePermission,
  migrationReportPermission,
  webhookReadPermission,
  webhookReplayPermission,
  webhookReportPermission,
} from '@craft-easy/backstage-plugin-operations-common';

/** Stands, in the table, for the group that owns the job in question. */
export const OWNER = 'owner';

/** One line of the table below. */
export interface Grant {
  /** members of this group, or {@link OWNER} */
  group: string;
  /** names of permissions; `read`: every one that only reads; `all`: every one */
  may: 'all' | 'read' | string[];
  /** names taken out of `may` */
  except?: string[];
  /** only what belongs to these tenants */
  tenants?: string[];
}

/** Controls that reach every tenant at once are the admins'. */
const EVERY_TENANT_AT_ONCE = [
  cachePurgePermission.name,
  flagTogglePermission.name,
  maintenanceTogglePermission.name,
];

/** What services tell about themselves; no person has a reason to. */
const SERVICES = [
  checkinReportPermission.name,
  migrationReportPermission.name,
  webhookReportPermission.name,
];

/** Support sees what concerns its tenants, and has their failed webhooks sent again. */
const SUPPORT = [
  jobReadPermission.name,
  webhookReadPermission.name,
  webhookReplayPermission.name,
];

const OWN_JOBS = [
  jobReadPermission.name,
  jobRunPermission.name,
  jobCancelPermission.name,
  jobRetryPermission.name,
];

/**
 * Who may do what in Operations. What no line grants is refused; what several lines grant adds up.
 */
// prettier-ignore
export const GRANTS: Grant[] = [
  { group: 'group:default/platform-viewers',   may: 'read' },
  { group: 'group:default/platform-operators', may: 'all', except: [...SERVICES, ...EVERY_TENANT_AT_ONCE] },
  { group: 'group:default/platform-admins',    may: 'all', except: SERVICES },
  { group: OWNER,                              may: OWN_JOBS },
  { group: 'group:default/support-nordic-gym', may: SUPPORT, tenants: ['nordic-gym'] },
];

/**
 * Who may create and delete in the rest of the portal, above all in the catalog. Everybody who is
 * signed in may read it.
 */
export const PORTAL_ADMINS = 'group:default/platform-admins';
