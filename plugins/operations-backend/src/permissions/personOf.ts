import type { BackstageCredentials } from '@backstage/backend-plugin-api';

interface Principal {
  type: string;
  userEntityRef?: string;
  actor?: unknown;
}

/** The person behind credentials, whether present or represented by an agent. */
export function personOf(
  credentials: BackstageCredentials,
): { ref: string; inPerson: boolean } | undefined {
  const principal = credentials.principal as Principal;
  if (principal.type !== 'user' || !principal.userEntityRef) return undefined;
  return { ref: principal.userEntityRef, inPerson: !principal.actor };
}
