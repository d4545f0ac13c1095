import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import authPlugin from '@backstage/plugin-auth-backend';
import request from 'supertest';
import { parse } from 'yaml';
import { signInProviders } from './signIn';

jest.setTimeout(60_000);

const guest = { userEntityRef: 'user:default/guest' };

describe('signing in as a guest', () => {
  it.each([
    ['development', 200],
    ['production', 404],
    ['test', 404],
    [undefined, 404],
  ])('in %s is answered with %d', async (environment, status) => {
    const backend = await startTestBackend({
      features: [
        authPlugin,
        ...signInProviders(environment),
        mockServices.rootConfig.factory({
          data: {
            app: { baseUrl: 'http://localhost' },
            backend: {
              baseUrl: 'http://localhost',
              database: { client: 'better-sqlite3', connection: ':memory:' },
            },
            auth: {
              environment: 'development',
              session: { secret: 'made-up-for-a-test' },
              // as open as it can be configured
              providers: {
                guest: { ...guest, dangerouslyAllowOutsideDevelopment: true },
              },
            },
          },
        }),
      ],
    });
    const answer = await request(backend.server).post(
      '/api/auth/guest/refresh',
    );
    expect(answer.status).toBe(status);
    await backend.stop();
  });

  it('is not configured for production', () => {
    const file = resolve(__dirname, '../../../app-config.production.yaml');
    const config = parse(readFileSync(file, 'utf8'));
    expect(Object.keys(config.auth.providers)).toEqual(['oidc']);
    expect(config.auth.environment).toBe('production');
  });
});
