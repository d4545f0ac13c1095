import { randomUUID } from 'node:crypto';
import type {
  HttpAuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import express, { type Request, type Response, type Router } from 'express';
import PromiseRouter from 'express-promise-router';
import { Access, notAllowed } from '../permissions/Access';
import { callerOf } from './caller';
import { openApiDocument } from './openapi';
import { parse } from './parse';
import type { ActionContext, Route } from './routes';

const MAX_BODY = '256kb';

/** The express router of a route table, with its OpenAPI document beside it. */
export function createRouter(options: {
  routes: Route[];
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
}): Router {
  const { routes, httpAuth, permissions } = options;
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
      const context = await contextOf(req, res, route, httpAuth, permissions);
      if (route.kind !== 'action') await mustHaveOne(route, context.access);
      const answer = await route.handle(context, res);
      if (route.kind !== 'stream') res.status(route.status).json(answer);
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

async function contextOf(
  req: Request,
  res: Response,
  route: Route,
  httpAuth: HttpAuthService,
  permissions: PermissionsService,
): Promise<ActionContext> {
  const credentials = await httpAuth.credentials(req, {
    allow: ['user', 'service'],
  });
  const requestId = req.header('x-request-id')?.slice(0, 200) || randomUUID();
  res.setHeader('x-request-id', requestId.replace(/[^\x20-\x7e]/g, '?'));
  const access = new Access(permissions, credentials);
  const body = () => parse(route.body!, req.body, 'body');
  return {
    params: parse(route.params, req.params, 'path'),
    query: parse(route.query, req.query, 'query'),
    caller: callerOf(req, credentials, requestId),
    access,
    header: name => req.header(name),
    body,
    rawReason: () => {
      const reason = req.body?.reason;
      return typeof reason === 'string' ? reason.slice(0, 1000) : undefined;
    },
  };
}

/** Lets through who has one of the route's permissions, at least for some resources; services judge which. */
async function mustHaveOne(route: Route, access: Access): Promise<void> {
  const { permission } = route;
  if ('open' in permission) return;
  const wanted = 'name' in permission ? [permission] : permission;
  for (const one of wanted) {
    if (await access.has(one)) return;
  }
  throw notAllowed(wanted[0]);
}
