import { DateTime } from 'luxon';
import { between } from './chance';
import { TENANTS } from './tenants';

/** A licence that a tenant's customer holds. */
export interface Licence {
  id: string;
  tenant: string;
  holder: string;
  email: string;
  endsOn: string;
}

/** Licences of all tenants that end within so many days of a day. */
export function licencesEndingWithin(days: number, today: DateTime): Licence[] {
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
