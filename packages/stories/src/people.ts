/**
 * The people of the demo as callers of the API. They sign in with the identity provider, without
 * a browser.
 */
import { OperationsClient } from '@craft-easy/backstage-plugin-operations-common';
import { request } from 'playwright-core';
import type { APIRequestContext } from 'playwright-core';

/** Who there is; what each may do is the policy's (packages/backend/src/policy). */
export type PersonName =
  | 'vera.viewer'
  | 'oskar.operator'
  | 'ada.admin'
  | 'alva.admin'
  | 'fia.finance'
  | 'tim.tenant';

/** A person's hands on the API. */
export interface PersonApi {
  /** Backstage token, good for an hour. */
  readonly token: string;
  /** Calls of `/api/operations/v1`, answers parsed, failures thrown. */
  readonly client: OperationsClient;
  /** The same hands on another replica. */
  at(replicaUrl: string): PersonApi;
  /** Any call: the path is below the portal's address, a body is sent as JSON. */
  fetch(
    path: string,
    init?: {
      method?: string;
      body?: unknown;
      headers?: Record<string, string>;
    },
  ): Promise<Response>;
}

/**
 * Signs a person in.
 * @param portalUrl - address of the portal: of the first replica, which the identity provider knows
 */
export async function apiAs(
  portalUrl: string,
  person: PersonName,
): Promise<PersonApi> {
  return createApi(portalUrl, await signIn(portalUrl, person));
}

function createApi(portalUrl: string, token: string): PersonApi {
  const authorization = `Bearer ${token}`;
  const client = new OperationsClient({
    discoveryApi: {
      getBaseUrl: async pluginId => `${portalUrl}/api/${pluginId}`,
    },
    fetchApi: {
      fetch: (input, init) =>
        fetch(input, {
          ...init,
          headers: { ...(init?.headers as object), authorization },
        }),
    },
  });
  return {
    token,
    client,
    at: replicaUrl => createApi(replicaUrl, token),
    fetch: (path, { method, body, headers } = {}) =>
      fetch(portalUrl + path, {
        method,
        headers: {
          authorization,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      }),
  };
}

async function signIn(portalUrl: string, person: PersonName): Promise<string> {
  // a session of its own: cookies of both portal and provider, redirects followed
  const session = await request.newContext();
  try {
    const chooser = await session.get(
      `${portalUrl}/api/auth/oidc/start?${new URLSearchParams({
        env: 'development',
        flow: 'popup',
        origin: portalUrl,
        scope: 'openid profile email',
      })}`,
    );
    const back = await session.post(chooser.url(), { form: { person } });
    if (!back.ok()) {
      throw new Error(`${person} was not let in: ${await back.text()}`);
    }
    return await readToken(session, portalUrl);
  } finally {
    await session.dispose();
  }
}

/** As the page does when it is opened again: exchanges the cookie of the sign-in for a token. */
async function readToken(session: APIRequestContext, portalUrl: string) {
  const answer = await session.get(
    `${portalUrl}/api/auth/oidc/refresh?env=development`,
    { headers: { 'x-requested-with': 'XMLHttpRequest' } },
  );
  if (!answer.ok()) throw new Error(`No token: ${await answer.text()}`);
  const { backstageIdentity } = await answer.json();
  return backstageIdentity.token as string;
}
