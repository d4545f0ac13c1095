import type { IdentityProviderOptions } from './server';

/** What the environment says of the identity provider; undefined where nobody asked for one. */
export function readIdentityConfig(): IdentityProviderOptions | undefined {
  const { OIDC_PORT, OIDC_CLIENT_SECRET, OIDC_REDIRECT_URI, PORTAL_URL } =
    process.env;
  const redirectUri =
    OIDC_REDIRECT_URI ??
    (PORTAL_URL && `${PORTAL_URL}/api/auth/oidc/handler/frame`);
  if (!OIDC_PORT || !OIDC_CLIENT_SECRET || !redirectUri) {
    return undefined;
  }
  return {
    port: Number(OIDC_PORT),
    clientSecret: OIDC_CLIENT_SECRET,
    redirectUri,
  };
}
