import { until } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { authServiceFactory } from '@backstage/backend-defaults/auth';
import { httpAuthServiceFactory } from '@backstage/backend-defaults/httpAuth';
import { permissionsServiceFactory } from '@backstage/backend-defaults/permissions';
import permissionPlugin from '@backstage/plugin-permission-backend';
import { apiOf } from './__testUtils__/api';
import { startPortal, TENANTS } from './__testUtils__/startPortal';
import { policyModule } from './policy/module';

jest.setTimeout(120_000);

const token = (name: string) => `${name}-token-of-a-test-0123456789`;
const external = (subject: string, permission?: string) => ({
  type: 'static',
  options: { token: token(subject), subject },
  ...(permission && {
    accessRestrictions: [{ plugin: 'operations', permission }],
  }),
});

describe('a service principal', () => {
  let portal: Awaited<ReturnType<typeof startPortal>>;
  const as = (subject: string) =>
    apiOf(portal.server, `Bearer ${token(subject)}`);
  beforeAll(async () => {
    portal = await startPortal({
      permissions: permissionsServiceFactory,
      features: [
        permissionPlugin,
        policyModule,
        authServiceFactory,
        httpAuthServiceFactory,
      ],
      config: {
        backend: {
          auth: {
            externalAccess: [
              external('pipeline', 'operations.job.run, operations.job.read'),
              external('auditor', 'operations.audit.read, operations.job.read'),
            ],
          },
        },
      },
    });
    await until(
      async () => (await as('pipeline').get('/jobs/bullmq/ledger')).ok,
    );
  });
  afterAll(() => portal?.stop());

  const reason = 'the nightly build asks for it';
  const runs = '/jobs/bullmq/ledger/runs';

  it('may do what its token is restricted to, and stands in the audit as what it is', async () => {
    const { body } = await as('pipeline')
      .post(runs, { reason, tenant: TENANTS.own })
      .expect(202);
    expect(body.run.triggeredBy).toBe('service:pipeline');
    const trail = await as('auditor').get('/audit?action=job.run').expect(200);
    expect(trail.body.items).toMatchObject([
      { actor: 'service:pipeline', reason, outcome: 'succeeded' },
    ]);
  });

  it('is refused the rest, in the audit too', async () => {
    const cancel = { reason: 'not mine to cancel' };
    await as('pipeline').get('/audit').expect(403);
    await as('pipeline').post('/flags', { reason }).expect(403);
    await as('auditor').post(runs, { reason }).expect(403);
    const { body } = await as('pipeline').get('/jobs/bullmq/ledger/runs');
    await as('pipeline')
      .post(`/runs/${body.items[0].id}/cancel`, cancel)
      .expect(403);
    const trail = await as('auditor').get('/audit?outcome=refused').expect(200);
    expect(trail.body.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          actor: 'service:pipeline',
          action: 'job.cancel',
          reason: cancel.reason,
        }),
        expect.objectContaining({ actor: 'service:auditor' }),
      ]),
    );
  });

  it('can ask what it may do', async () => {
    const { body } = await as('auditor').get('/permissions/mine').expect(200);
    expect(body.subject).toBe('service:auditor');
    const allowed = body.items.filter(
      (one: { decision: string }) => one.decision === 'allow',
    );
    expect(allowed).toMatchObject([
      { permission: 'operations.job.read' },
      { permission: 'operations.audit.read' },
    ]);
  });

  it('with an unknown token is nobody', async () => {
    const { status } = await apiOf(portal.server, 'Bearer made-up').get(
      '/jobs',
    );
    expect(status).toBe(401);
  });
});
