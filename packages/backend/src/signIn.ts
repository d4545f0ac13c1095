import type { BackendFeature } from '@backstage/backend-plugin-api';
import guestProvider from '@backstage/plugin-auth-backend-module-guest-provider';
import oidcProvider from '@backstage/plugin-auth-backend-module-oidc-provider';

/** The ways in. Guests are for a developer's machine: elsewhere there is no such provider, whatever the config says. */
export function signInProviders(
  environment: string | undefined,
): BackendFeature[] {
  return environment === 'development'
    ? [oidcProvider, guestProvider]
    : [oidcProvider];
}
