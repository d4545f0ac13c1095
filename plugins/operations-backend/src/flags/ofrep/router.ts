/**
 * The OpenFeature Remote Evaluation Protocol (github.com/open-feature/protocol): flags for programs
 * in any language.
 */
import type {
  HttpAuthService,
  LoggerService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { flagReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import { flagKeySchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import express, {
  type NextFunction,
  type Request,
  type Response,
  type Router,
} from 'express';
import PromiseRouter from 'express-promise-router';
import { faultHandler } from '../../lib/faults';
import { EventStreams } from './EventStreams';
import { tagOf, type FlagSnapshot } from './FlagSnapshot';

/**
 * Where the router is mounted, at the root of the backend: clients append this path to their base
 * URL.
 */
export const OFREP_PATH = '/ofrep';
const STREAM = '/v1/event-stream';

const NOTHING = { answer: undefined, ageSeconds: undefined };

const INVALID_CONTEXT = {
  errorCode: 'INVALID_CONTEXT',
  errorDetails: 'the context must be an object',
};

/** @returns the router, to be mounted at {@link OFREP_PATH}, and what ends its open streams */
export function ofrepRouter(options: {
  snapshot: FlagSnapshot;
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
  logger?: Pick<LoggerService, 'warn' | 'error'>;
}): { router: Router; close(): void } {
  const { snapshot, httpAuth, permissions, logger } = options;
  const streams = new EventStreams(snapshot);
  const router = PromiseRouter();

  router.get(STREAM, (req, res) => streams.connect(req, res));

  router.use(async (req: Request, res: Response, next: NextFunction) => {
    const key = req.header('x-api-key');
    if (key && !req.headers.authorization) {
      req.headers.authorization = `Bearer ${key}`;
    }
    let credentials;
    try {
      credentials = await httpAuth.credentials(req, {
        allow: ['user', 'service'],
      });
    } catch {
      res
        .status(401)
        .json({ errorDetails: 'credentials are missing or wrong' });
      return;
    }
    const [{ result }] = await permissions.authorize(
      [{ permission: flagReadPermission }],
      { credentials },
    );
    if (result !== AuthorizeResult.ALLOW) {
      const errorDetails = `needs the permission ${flagReadPermission.name}`;
      res.status(403).json({ errorDetails });
      return;
    }
    next();
  });
  router.use(express.json({ limit: '256kb', type: () => true, strict: false }));

  router.post('/v1/evaluate/flags/:key', async (req, res) => {
    const { key } = req.params;
    if (!contextOf(req)) {
      res.status(400).json({ key, ...INVALID_CONTEXT });
      return;
    }
    const known = flagKeySchema.safeParse(key).success;
    const { answer: evaluation, ageSeconds } = known
      ? await snapshot.evaluate(key)
      : NOTHING;
    const age = noteAge(res, ageSeconds);
    if (!evaluation) {
      const errorDetails = 'there is no such flag';
      res.status(404).json({ key, errorCode: 'FLAG_NOT_FOUND', errorDetails });
      return;
    }
    const { metadata } = evaluation;
    res.json({ ...evaluation, metadata: { ...metadata, ...age } });
  });

  router.post('/v1/evaluate/flags', async (req, res) => {
    const context = contextOf(req);
    if (!context) {
      res.status(400).json(INVALID_CONTEXT);
      return;
    }
    const { answer: flags, ageSeconds } = await snapshot.evaluateAll();
    const age = noteAge(res, ageSeconds);
    // The context is part of the tag: a proxy, or a client that changes users, must not take one's
    // answer for another's.
    const etag = tagOf(flags, context);
    res.setHeader('etag', etag);
    res.setHeader('cache-control', 'no-cache');
    if (matches(req.header('if-none-match'), etag)) {
      res.status(304).end();
      return;
    }
    res.json({
      flags: flags.map(flag => ({
        ...flag,
        metadata: { ...flag.metadata, ...age },
      })),
      ...(age && { metadata: age }),
      eventStreams: [
        {
          type: 'sse',
          endpoint: { requestUri: `${OFREP_PATH}${STREAM}` },
          inactivityDelaySec: 120,
        },
      ],
    });
  });

  router.use((req: Request, res: Response) => {
    const errorDetails = `there is no ${req.method} ${req.originalUrl}`;
    res.status(404).json({ errorDetails });
  });
  router.use(
    (error: Error, req: Request, res: Response, next: NextFunction) => {
      if (error instanceof ServiceUnavailableError) {
        res.setHeader('retry-after', '5');
        res.status(503).json({ errorDetails: error.message });
        return;
      }
      const { status, type } = error as { status?: number; type?: string };
      if (status === undefined || status >= 500 || !type) {
        next(error);
        return;
      }
      const key = /\/flags\/([^/?]+)/.exec(req.path)?.[1];
      res.status(400).json({
        ...(key && { key: safeDecode(key) }),
        errorCode: 'PARSE_ERROR',
        errorDetails: 'the body is not the JSON that was expected',
      });
    },
  );
  router.use(faultHandler(logger));
  return { router, close: () => streams.close() };
}

/**
 * Says how old the state is that an answer was made of: in the `Age` header (RFC 9111), for caches
 * between, and as metadata, which clients hand on to the code that asked.
 */
function noteAge(res: Response, ageSeconds: number | undefined) {
  if (ageSeconds === undefined) return undefined;
  res.setHeader('age', String(ageSeconds));
  return { stale: true, ageSeconds };
}

/** The evaluation context, empty where none was given; undefined if it is not an object. */
function contextOf(req: Request): object | undefined {
  const isObject = (value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject(req.body)) return undefined;
  const { context = {} } = req.body;
  return isObject(context) ? context : undefined;
}

function matches(header: string | undefined, etag: string): boolean {
  if (!header) return false;
  return header
    .split(',')
    .map(tag => tag.trim().replace(/^W\//, ''))
    .some(tag => tag === etag || tag === '*');
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
