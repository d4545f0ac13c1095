import type { BackendFeature } from '@backstage/backend-plugin-api';
import guestProvider from '@backstage/plugin-auth-backend-module-guest-provider';
import oidcProvider from '@backstage/plugin-auth-backend-module-oidc-provider';

/**
 * The sign-in providers. The guest provider exists on a developer's machine only, whatever the
 * config says.
 */
export function signInProviders(
  environment: string | undefined,
): BackendFeature[] {
  return environment === 'development'
    ? [oidcProvider, guestProvider]
    : [oidcProvider];
}
