import { randomUUID } from 'node:crypto';
import type {
  HttpAuthService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import {
  formatAddress,
  readClientAddress,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import express, { type Request, type Response, type Router } from 'express';
import PromiseRouter from 'express-promise-router';
import type { Api } from './api';
import { faultHandler } from './faults';
import { createFormParser } from './formBody';
import { openApiDocument } from './openapi';
import type { RawRequest } from './context';
import { refusal, sentence } from './sentences';

const MAX_BODY = '256kb';
const MAX_ADDRESS = 100;

/** The express router of the API, with its OpenAPI document beside it. */
export function createRouter(options: {
  api: Api;
  httpAuth: HttpAuthService;
  logger?: Pick<LoggerService, 'warn' | 'error'>;
}): Router {
  const { api, httpAuth, logger } = options;
  const v1 = PromiseRouter();
  const formBody = createFormParser(MAX_BODY);
  v1.use(express.json({ limit: MAX_BODY }));

  const document = openApiDocument(api.routes);
  v1.get('/openapi.json', async (req, res) => {
    await httpAuth.credentials(req, { allow: ['user', 'service'] });
    res.json(document);
  });

  for (const route of api.routes) {
    const method = route.method.toLowerCase() as Lowercase<typeof route.method>;
    const parsers = route.form ? [formBody] : [];
    v1[method](route.path, ...parsers, async (req, res) => {
      const raw = await rawOf(req, res, httpAuth);
      try {
        const { status, body } = await api.answer(route, raw, res);
        if (route.role !== 'stream') res.status(status).json(body);
      } catch (error) {
        if (!res.headersSent) {
          // of a file that a stream was about to write
          res.removeHeader('content-type');
          res.removeHeader('content-disposition');
        }
        const { retryAfterSeconds } = error as { retryAfterSeconds?: number };
        if (retryAfterSeconds) res.setHeader('retry-after', retryAfterSeconds);
        throw error;
      }
    });
  }
  v1.use(async (req: Request) => {
    await httpAuth.credentials(req, { allow: ['user', 'service'] });
    throw refusal(
      NotFoundError,
      sentence('no-such-address', { address: `${req.method} ${req.path}` }),
    );
  });

  v1.use(faultHandler(logger));

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
  const { params, query, body } = req;
  return {
    credentials,
    requestId,
    params,
    query,
    body,
    ip: addressOf(req.ip),
    userAgent: req.header('user-agent'),
    header: name => req.header(name),
  };
}

/** One spelling of a client's address, without the port that some proxies hand on. */
function addressOf(ip: string | undefined): string | undefined {
  const address = ip === undefined ? undefined : readClientAddress(ip);
  return address ? formatAddress(address) : ip?.slice(0, MAX_ADDRESS);
}
