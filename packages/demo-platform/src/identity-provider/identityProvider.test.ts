import { freePort } from '../__testUtils__/ports';
import { startPart, type RunningPart } from '../__testUtils__/process';

jest.setTimeout(60_000);

const SECRET = 'not-a-secret';
const REDIRECT = 'http://localhost:7007/api/auth/oidc/handler/frame';

/** A browser's share of signing in: keeps cookies, follows nothing by itself. */
function browser() {
  const cookies = new Map<string, string>();
  return async (url: string | URL, init: RequestInit = {}) => {
    const cookie = [...cookies].map(pair => pair.join('=')).join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie },
    });
    for (const set of response.headers.getSetCookie()) {
      const [pair] = set.split(';');
      const at = pair.indexOf('=');
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  };
}

describe('the identity provider of the demo', () => {
  let part: RunningPart;
  let issuer: string;
  let endpoints: Record<string, string>;

  beforeAll(async () => {
    const port = await freePort();
    issuer = `http://localhost:${port}`;
    part = startPart(require.resolve('.'), {
      OIDC_PORT: String(port),
      OIDC_CLIENT_SECRET: SECRET,
      OIDC_REDIRECT_URI: REDIRECT,
    });
    await part.says(/identity provider on port/);
    const found = await fetch(`${issuer}/.well-known/openid-configuration`);
    endpoints = await found.json();
  });
  afterAll(() => part.stop());

  const token = (body: Record<string, string>) =>
    fetch(endpoints.token_endpoint, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`operations-portal:${SECRET}`)}`,
      },
      body: new URLSearchParams(body),
    });

  async function signIn(person: string) {
    const go = browser();
    const start = new URL(endpoints.authorization_endpoint);
    start.search = new URLSearchParams({
      client_id: 'operations-portal',
      response_type: 'code',
      scope: 'openid profile email',
      redirect_uri: REDIRECT,
      state: 'state',
      nonce: 'nonce',
    }).toString();
    const asked = await go(start);
    const page = new URL(asked.headers.get('location')!, issuer);
    const html = await (await go(page)).text();
    const chosen = await go(page, {
      method: 'POST',
      body: new URLSearchParams({ person }),
    });
    const back = await go(new URL(chosen.headers.get('location')!, issuer));
    return { html, back: new URL(back.headers.get('location')!) };
  }

  it('lets one be anybody of the demo, by a click, without a password or a question of consent', async () => {
    const { html, back } = await signIn('oskar.operator');
    for (const person of [
      'vera.viewer',
      'oskar.operator',
      'ada.admin',
      'alva.admin',
      'fia.finance',
      'tim.tenant',
    ]) {
      expect(html).toContain(`value="${person}"`);
    }
    expect(html).not.toContain('type="password"');
    expect(back.origin + back.pathname).toBe(REDIRECT);

    const tokens = await (
      await token({
        grant_type: 'authorization_code',
        code: back.searchParams.get('code')!,
        redirect_uri: REDIRECT,
      })
    ).json();
    const [header] = tokens.id_token.split('.');
    expect(JSON.parse(atob(header)).alg).toBe('RS256');
    const info = await fetch(endpoints.userinfo_endpoint, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(await info.json()).toEqual({
      sub: 'oskar.operator',
      name: 'Oskar Operator',
      preferred_username: 'oskar.operator',
      email: 'oskar.operator@craft-easy.example',
      email_verified: true,
    });
    const refreshed = await token({
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token,
    });
    expect(refreshed.status).toBe(200);
  });

  it('knows nobody else', async () => {
    const go = browser();
    const answer = await go(`${issuer}/choose/whatever`, {
      method: 'POST',
      body: new URLSearchParams({ person: 'mallory' }),
    });
    expect(answer.status).toBe(400);
  });

  it('gives no token to a client without the secret', async () => {
    const answer = await fetch(endpoints.token_endpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('operations-portal:guess')}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: 'guess',
        redirect_uri: REDIRECT,
      }),
    });
    expect(answer.status).toBe(401);
  });
});
