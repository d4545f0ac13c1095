import { randomUUID } from 'node:crypto';
import type {
  HttpAuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import express, { type Request, type Response, type Router } from 'express';
import PromiseRouter from 'express-promise-router';
import type { AuditedActions } from '../audit/auditedAction';
import { answer, type RawRequest } from './answer';
import { openApiDocument } from './openapi';
import { OtherAnswer } from './OtherAnswer';
import type { Route } from './routes';

const MAX_BODY = '256kb';

/** The express router of a route table, with its OpenAPI document beside it. */
export function createRouter(options: {
  routes: Route[];
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
  actions?: AuditedActions;
}): Router {
  const { routes, httpAuth } = options;
  const v1 = PromiseRouter();
  v1.use(express.json({ limit: MAX_BODY }));

  const document = openApiDocument(routes);
  v1.get('/openapi.json', async (req, res) => {
    await httpAuth.credentials(req, { allow: ['user', 'service'] });
    res.json(document);
  });

  for (const route of routes) {
    const method = route.method.toLowerCase() as Lowercase<Route['method']>;
    v1[method](route.path, async (req, res) => {
      const raw = await rawOf(req, res, httpAuth);
      try {
        const told = await answer(route, raw, options, res);
        if (route.kind !== 'stream') res.status(route.status).json(told);
      } catch (error) {
        if (error instanceof OtherAnswer) {
          res.status(error.status).json(error.body);
          return;
        }
        const { retryAfterSeconds } = error as { retryAfterSeconds?: number };
        if (retryAfterSeconds) res.setHeader('retry-after', retryAfterSeconds);
        throw error;
      }
    });
  }
  v1.use(async (req: Request) => {
    await httpAuth.credentials(req, { allow: ['user', 'service'] });
    throw new NotFoundError(`There is no ${req.method} ${req.path}`);
  });

  const router = PromiseRouter();
  router.use('/v1', v1);
  return router;
}

async function rawOf(
  req: Request,
  res: Response,
  httpAuth: HttpAuthService,
): Promise<RawRequest> {
  const credentials = await httpAuth.credentials(req, {
    allow: ['user', 'service'],
  });
  const requestId = req.header('x-request-id')?.slice(0, 200) || randomUUID();
  res.setHeader('x-request-id', requestId.replace(/[^\x20-\x7e]/g, '?'));
  const { params, query, body, ip } = req;
  return {
    ...{ credentials, requestId, params, query, body, ip },
    userAgent: req.header('user-agent'),
    header: name => req.header(name),
  };
}
