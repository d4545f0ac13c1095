import { DateTime } from 'luxon';
import { between } from './chance';
import { TENANTS } from './tenants';

/** A license that a tenant's customer holds. */
export interface License {
  id: string;
  tenant: string;
  holder: string;
  email: string;
  endsOn: string;
}

/** Licenses of all tenants that end within so many days of a day. */
export function licensesEndingWithin(days: number, today: DateTime): License[] {
  return TENANTS.flatMap(tenant => {
    const count = Math.ceil(tenant.members / 800);
    return Array.from({ length: count }, (_, i) => {
      const inDays = between(1, days, tenant.id, i);
      const holder = `member-${between(100, 999, tenant.id, i, 'no')}`;
      return {
        id: `LIC-${tenant.id}-${i + 1}`,
        tenant: tenant.id,
        holder,
        email: `${holder}@${tenant.id}.example`,
        endsOn: today.plus({ days: inDays }).toISODate()!,
      };
    });
  });
}
