/** The companies that rent this platform. */
export const TENANTS = [
  { id: 'nordic-gym', name: 'Nordic Gym', members: 4_210, currency: 'SEK' },
  { id: 'alpine-spa', name: 'Alpine Spa', members: 1_120, currency: 'CHF' },
  { id: 'city-dental', name: 'City Dental', members: 2_870, currency: 'EUR' },
  { id: 'harbor-yoga', name: 'Harbor Yoga', members: 640, currency: 'DKK' },
  { id: 'metro-physio', name: 'Metro Physio', members: 1_930, currency: 'EUR' },
] as const;

export const TENANT_IDS: string[] = TENANTS.map(tenant => tenant.id);

export type Tenant = (typeof TENANTS)[number];

/** @throws Error if there is no such tenant */
export function tenantById(id: string | undefined): Tenant {
  const tenant = TENANTS.find(candidate => candidate.id === id);
  if (!tenant) {
    throw new Error(`there is no tenant ${id}`);
  }
  return tenant;
}
