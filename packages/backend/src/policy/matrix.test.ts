import { mockCredentials } from '@backstage/backend-test-utils';
import request from 'supertest';
import { apiAs, apiOf } from '../__testUtils__/api';
import { OWNERSHIP } from '../__testUtils__/people';
import { CONDITIONS, POLICY_CSV } from '../__testUtils__/rbac';
import { seedPortal } from '../__testUtils__/seedPortal';
import { startPortal, TENANTS } from '../__testUtils__/startPortal';
import {
  PERMISSIONS,
  ROLES,
  ROUTES,
  type Job,
  type Scope,
  type Seed,
} from '../__testUtils__/expectations';

jest.setTimeout(300_000);

const JOBS: Record<Job, string> = {
  ledger: 'group:default/finance',
  letters: 'group:default/growth',
};
const WIDTH: Scope[] = ['none', 'own', 'tenant', 'all'];

interface RealRoute {
  endpoint: string;
  method: string;
  /** absent: it asks for none */
  permissions?: string[];
}

describe('who may do what, over every route of the real plugin', () => {
  let portal: Awaited<ReturnType<typeof startPortal>>;
  let seed: Seed;
  let routes: RealRoute[];
  const admin = () => apiAs(portal.server, 'user:default/ada.admin');

  beforeAll(async () => {
    portal = await startPortal();
    seed = await seedPortal(portal.server);
    // the OpenAPI document is made from the route table that the router is made from
    const { body } = await admin().get('/openapi.json').expect(200);
    const paths: Record<
      string,
      Record<string, Record<string, string[]>>
    > = body.paths;
    routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        endpoint: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        permissions: operation['x-permissions'],
      })),
    );
  });
  afterAll(() => portal?.stop());

  const scopeOf = (permissions: string[], role: number): Scope =>
    permissions
      .map(name => PERMISSIONS[name][role])
      .reduce((a, b) => (WIDTH.indexOf(a) > WIDTH.indexOf(b) ? a : b));

  it('[access.2] knows every route and every permission: a new one must say here what comes of it', async () => {
    const unknown = routes.filter(r => !ROUTES[r.endpoint]);
    expect(unknown).toEqual([]);
    const { body } = await admin().get('/permissions/mine').expect(200);
    const names = body.items.map((i: { permission: string }) => i.permission);
    expect(Object.keys(PERMISSIONS)).toEqual(expect.arrayContaining(names));
    for (const { endpoint, permissions } of routes) {
      const open = ROUTES[endpoint].about === 'anybody';
      expect([endpoint, permissions === undefined]).toEqual([endpoint, open]);
    }
  });

  it('[access.8] publishes the permissions and rules that the files for the RBAC plugin name', async () => {
    const url = '/api/operations/.well-known/backstage/permissions/metadata';
    const { body } = await request(portal.server)
      .get(url)
      .set('authorization', mockCredentials.user.header())
      .expect(200);
    const published = new Map<string, { attributes: { action: string } }>(
      body.permissions.map((p: { name: string }) => [p.name, p]),
    );
    const lines = POLICY_CSV.split('\n').filter(line => line.startsWith('p,'));
    const named = [
      ...lines.map(line => line.split(', ').slice(2, 4)),
      ...CONDITIONS.flatMap(one =>
        one.permissionMapping.map(({ name, action }) => [name, action]),
      ),
    ];
    for (const [name, action] of named) {
      expect([name, published.get(name)?.attributes.action]).toEqual([
        name,
        action,
      ]);
    }
    for (const { conditions, resourceType } of CONDITIONS) {
      const rule = body.rules.find(
        (one: { name: string; resourceType: string }) =>
          one.name === conditions.rule && one.resourceType === resourceType,
      );
      expect(Object.keys(rule.paramsSchema.properties)).toEqual(
        Object.keys(conditions.params ?? {}),
      );
    }
  });

  it('[access.2] lets in nobody who is not signed in', async () => {
    const wrong: string[] = [];
    for (const { endpoint, method } of routes) {
      const path = endpoint.split(' ')[1].replace(/\{\w+\}/g, 'x');
      const nobody = apiOf(portal.server, mockCredentials.none.header());
      const { status } = await nobody.send(method, path, bodyFor(method));
      if (status !== 401) wrong.push(`${endpoint}: ${status}`);
    }
    expect(wrong).toEqual([]);
  });

  it.each(ROLES.map(({ name, user }, role) => ({ name, user, role })))(
    '[access.2] answers, filters or refuses the $name as the table says',
    async ({ user, role }) => {
      const api = apiAs(portal.server, user);
      const owns = (job: Job) => OWNERSHIP.get(user)?.includes(JOBS[job]);
      const wrong: string[] = [];
      let tried = 0;

      /**
       * @param expected - whether it is let through; what one may not see may as well not be
       * there
       */
      const attempt = async (
        endpoint: string,
        asked: { path: string; body?: object },
        expected: 'in' | 'refused' | 'hidden',
        flawOf?: (text: string) => string | undefined,
      ) => {
        tried += 1;
        const method = endpoint.split(' ')[0];
        const answer = await api.send(method, asked.path, asked.body);
        const { status } = answer;
        const refused = [401, 403].includes(status);
        const fits =
          (expected === 'in' && !refused && status !== 500) ||
          (expected === 'refused' && status === 403) ||
          (expected === 'hidden' && (status === 403 || status === 404));
        const flaw = fits ? flawOf?.(JSON.stringify(answer.body)) : 'status';
        if (flaw) {
          wrong.push(
            `${endpoint} ${
              asked.path
            }: ${flaw}; expected ${expected}, got ${status} ${answer.text?.slice(
              0,
              200,
            )}`,
          );
        }
      };

      for (const { endpoint, permissions } of routes) {
        const one = ROUTES[endpoint];
        const scope = scopeOf(permissions ?? ['operations.job.read'], role);
        const gate = scope === 'none' ? 'refused' : 'in';
        if (one.about === 'anybody') {
          await attempt(endpoint, one.request, 'in');
        } else if (one.about === 'portal') {
          await attempt(endpoint, one.request, gate);
        } else if (one.about === 'list') {
          await attempt(endpoint, one.request, gate, text =>
            gate === 'in'
              ? flawOfList(scope, text, !one.mayBeEmpty)
              : undefined,
          );
        } else if (one.about === 'job') {
          for (const job of Object.keys(JOBS) as Job[]) {
            const seen =
              scope === 'all' ||
              (scope === 'tenant' && !one.asWhole) ||
              Boolean(owns(job));
            const expected = seen ? 'in' : 'hidden';
            await attempt(endpoint, one.request(job), expected, text =>
              seen ? flawOfList(scope, text, false) : undefined,
            );
          }
        } else if (one.about === 'run') {
          for (const job of Object.keys(JOBS) as Job[]) {
            for (const tenant of Object.values(TENANTS)) {
              const covered =
                scope === 'all' ||
                (scope === 'tenant' && tenant === TENANTS.own) ||
                (scope === 'own' && owns(job));
              const asked = one.request(seed, job, tenant);
              await attempt(endpoint, asked, covered ? 'in' : 'hidden');
            }
          }
        } else {
          for (const tenant of Object.values(TENANTS)) {
            const covered =
              scope === 'all' || (scope === 'tenant' && tenant === TENANTS.own);
            const asked = one.request(seed, tenant);
            await attempt(endpoint, asked, covered ? 'in' : 'hidden');
          }
        }
      }
      expect(wrong).toEqual([]);
      expect(tried).toBeGreaterThanOrEqual(routes.length);
    },
  );
});

/** What is wrong with the content of a list, given how much its reader may see. */
function flawOfList(
  scope: Scope,
  text: string,
  everything = true,
): string | undefined {
  const shows = (word: string) => text.includes(word);
  if (scope === 'all') {
    return everything && !/alpine-spa|letters|"id":/.test(text)
      ? 'shows too little'
      : undefined;
  }
  if (shows(TENANTS.other)) return 'shows another tenant';
  if (scope === 'own' && (shows(TENANTS.own) || shows('letters'))) {
    return 'shows what is not owned';
  }
  return undefined;
}

function bodyFor(method: string): object | undefined {
  return method === 'GET' ? undefined : {};
}
