import { TENANTS, type Tenant } from '../platform/tenants';

/** An event that a tenant's software hears of. */
export interface DemoEvent {
  tenant: string;
  eventType: string;
  payload: Record<string, unknown>;
}

/** A customer of the tenant has paid. The card's number must never leave the platform. */
export function paymentConfirmed(
  tenant: Tenant,
  number: number,
  at: Date,
): DemoEvent {
  return {
    tenant: tenant.id,
    eventType: 'payment.confirmed',
    payload: {
      type: 'payment.confirmed',
      timestamp: at.toISOString(),
      data: {
        payment: `pay_${tenant.id}_${number}`,
        amount: 19_900 + (number % 7) * 10_000,
        currency: tenant.currency,
        member: { id: `mem_${1000 + (number % tenant.members)}`, plan: 'gold' },
        card: {
          brand: 'visa',
          cardNumber: '4242424242424242',
          expires: '11/28',
        },
      },
    },
  };
}

/** Something that happened at one of the tenants, by turns. */
export function nextEvent(n: number, at: Date): DemoEvent {
  const tenant = TENANTS[n % TENANTS.length];
  if (n % 3 === 0) return paymentConfirmed(tenant, n, at);
  const eventType = n % 3 === 1 ? 'booking.created' : 'member.checked-in';
  return {
    tenant: tenant.id,
    eventType,
    payload: {
      type: eventType,
      timestamp: at.toISOString(),
      data: { member: `mem_${1000 + (n % tenant.members)}`, seat: n % 40 },
    },
  };
}
