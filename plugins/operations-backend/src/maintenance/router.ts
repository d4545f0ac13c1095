import type { LoggerService } from '@backstage/backend-plugin-api';
import { maintenanceEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { tenantParameter } from '@craft-easy/backstage-plugin-operations-common/internal';
import { preferredLanguages } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Router } from 'express';
import PromiseRouter from 'express-promise-router';
import { z } from 'zod';
import { attach } from '../lib/attach';
import { faultHandler } from '../lib/faults';
import { parse } from '../lib/parse';
import type { Route } from '../lib/routes';
import { maintenanceActions } from './actions';
import type { MaintenanceService } from './MaintenanceService';

/** Maintenance windows. */
export function maintenanceRoutes(service: MaintenanceService): Route[] {
  return attach('maintenance', maintenanceEndpoints, {
    'GET /maintenance': c => service.list(c.query),
    ...maintenanceActions(service),
  });
}

const bannerQuery = z.object({
  tenant: tenantParameter.optional(),
  lang: z.string().max(20).optional(),
});

/**
 * `GET /public/maintenance?tenant&lang`: the banner, for anybody. Mount it where no sign-in is
 * asked for.
 */
export function publicMaintenanceRouter(
  service: MaintenanceService,
  logger?: Pick<LoggerService, 'warn' | 'error'>,
): Router {
  const router = PromiseRouter();
  router.get('/public/maintenance', async (req, res) => {
    const { tenant, lang } = parse(bannerQuery, req.query, 'query');
    const languages = [
      ...(lang ? [lang] : []),
      ...preferredLanguages(req.header('accept-language')),
    ];
    res.setHeader('cache-control', 'no-store');
    res.setHeader('vary', 'accept-language');
    res.json(await service.banner(tenant, languages));
  });
  router.use(faultHandler(logger));
  return router;
}
