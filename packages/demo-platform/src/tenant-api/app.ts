import express, { type Express, type Request } from 'express';
import type { Client } from '@openfeature/server-sdk';
import {
  expressMaintenanceGuard,
  maintenanceAnswer,
  maintenanceBannerHandler,
  maintenanceBannerScript,
  MaintenanceError,
  type Maintenance,
} from '@craft-easy/operations-sdk/maintenance';
import {
  expressRateLimit,
  type RateLimiter,
} from '@craft-easy/operations-sdk/rate-limits';
import { TENANTS, type Tenant } from '../platform/tenants';
import type { Bookings } from './bookings';
import { tenantPage } from './page';

/** The tenants' API and pages: limited per tenant, guarded in maintenance, driven by flags. */
export function createTenantApi(parts: {
  limiter: RateLimiter;
  maintenance: Maintenance;
  flags: Client;
  bookings: Bookings;
  /** secret of the platform's own people, whom maintenance does not lock out */
  operatorToken: string;
  /** imports that wait, for the tenant that has a partner system */
  waiting: (tenant: string) => number | undefined;
}): Express {
  const { limiter, maintenance, flags, bookings } = parts;
  const app = express();
  app.disable('x-powered-by');

  app.get('/health', (_req, res) => {
    res.json({ ok: true });
  });
  app.get('/public/maintenance-banner.js', (_req, res) => {
    res.type('text/javascript').send(maintenanceBannerScript());
  });
  app.get(
    '/public/maintenance',
    maintenanceBannerHandler(maintenance, {
      tenant: (req: Request) => {
        const { tenant } = req.query;
        return typeof tenant === 'string' ? tenant : undefined;
      },
    }),
  );
  // The page itself stays up, to tell what is going on; what it calls is guarded.
  app.get('/t/:tenant', async (req, res) => {
    const tenant = tenantOf(req.path);
    if (!tenant) {
      res.status(404).json({ title: 'There is no such tenant' });
      return;
    }
    const context = { targetingKey: tenant.id };
    const [newCheckout, accent, latest] = await Promise.all([
      flags.getBooleanValue('new-checkout', false, context),
      flags.getStringValue('accent-colour', '#1d5b99', context),
      bookings.latest(tenant.id, 10),
    ]);
    res.type('html').send(
      tenantPage({
        tenant,
        newCheckout,
        accent,
        bookings: latest,
        waiting: parts.waiting(tenant.id),
      }),
    );
  });

  app.use(
    expressMaintenanceGuard(maintenance, {
      tenant: req => tenantOf(req.url ?? '')?.id,
      bypass: req => req.headers['x-operator-token'] === parts.operatorToken,
    }),
  );
  app.use(
    expressRateLimit(limiter, {
      tenant: req => tenantOf(req.url ?? '')?.id,
    }),
  );
  app.use(express.json({ limit: '16kb' }));

  app.get('/t/:tenant/bookings', async (req, res) => {
    res.json({ items: await bookings.latest(req.params.tenant, 50) });
  });
  app.post('/t/:tenant/bookings', async (req, res, next) => {
    const { what } = req.body ?? {};
    if (typeof what !== 'string' || !what || what.length > 200) {
      res.status(400).json({ title: 'Say what to book' });
      return;
    }
    try {
      await bookings.add(req.params.tenant, what);
      res.status(201).json({ ok: true });
    } catch (error) {
      if (!(error instanceof MaintenanceError)) {
        next(error);
        return;
      }
      const answer = maintenanceAnswer(error.state, maintenance.now());
      res.status(answer.status).set(answer.headers).json(answer.body);
    }
  });
  app.use((_req, res) => {
    res.status(404).json({ title: 'There is nothing here' });
  });
  return app;
}

/** The tenant that an address is of. */
function tenantOf(url: string): Tenant | undefined {
  const id = /^\/t\/([^/?]+)/.exec(url)?.[1];
  return TENANTS.find(tenant => tenant.id === id);
}
