import { generateKeyPairSync, randomBytes } from 'node:crypto';
import Provider, { interactionPolicy, type Configuration } from 'oidc-provider';
import { PEOPLE } from './people';

/** What the one client, the portal, has agreed with us. */
export interface ProviderOptions {
  issuer: string;
  clientSecret: string;
  redirectUri: string;
}

const CLIENT_ID = 'operations-portal';
const SCOPE = 'openid email profile offline_access';

/** Everybody is asked who they are, each time: on a demo one wants to be somebody else. */
function alwaysAsk(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  const { Check } = interactionPolicy;
  policy
    .get('login')!
    .checks.add(
      new Check('whom', 'choose who you are', 'login_required', ctx =>
        ctx.oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
      ),
    );
  return policy;
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' };
}

/** An OpenID provider with the people of the demo. Its keys live as long as its process. */
export function createProvider(options: ProviderOptions): Provider {
  const configuration: Configuration = {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: options.clientSecret,
        redirect_uris: [options.redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
        id_token_signed_response_alg: 'RS256',
      },
    ],
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'preferred_username'],
    },
    // the claims in the ID token too, not only at userinfo
    conformIdTokenClaims: false,
    pkce: { required: () => false },
    features: { devInteractions: { enabled: false } },
    issueRefreshToken: async () => true,
    findAccount: async (_ctx, id) => {
      const person = PEOPLE.find(candidate => candidate.id === id);
      return (
        person && {
          accountId: id,
          claims: async () => ({
            sub: id,
            name: person.name,
            preferred_username: id,
            email: person.email,
            email_verified: true,
          }),
        }
      );
    },
    // whoever signs in has agreed: no question of consent
    loadExistingGrant: async ctx => {
      const { client, session, provider } = ctx.oidc;
      const grant = new provider.Grant({
        clientId: client!.clientId,
        accountId: session!.accountId,
      });
      grant.addOIDCScope(SCOPE);
      await grant.save();
      return grant;
    },
    interactions: {
      policy: alwaysAsk(),
      url: (_ctx, interaction) => `/choose/${interaction.uid}`,
    },
    ttl: {
      AccessToken: 3_600,
      IdToken: 3_600,
      Interaction: 3_600,
      Session: 3_600,
      Grant: 14 * 86_400,
      RefreshToken: 14 * 86_400,
    },
  };
  return new Provider(options.issuer, configuration);
}
