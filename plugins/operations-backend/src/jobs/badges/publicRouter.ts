import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Router } from 'express';
import PromiseRouter from 'express-promise-router';
import { z } from 'zod';
import { faultHandler } from '../../lib/faults';
import { parse } from '../../lib/parse';
import { badgeJson, badgeSvg } from './badge';
import type { Badges } from './Badges';

const paramsSchema = z.object({
  token: z.string().max(100),
  engine: z.string().max(50),
  file: z.string().regex(/^.{1,200}\.(svg|json)$/s, {
    error: 'must end with .svg or .json',
  }),
});

/**
 * `GET /public/badges/:token/:engine/:name.svg` and `.json`, for whoever has the token. Mount it
 * where no sign-in is asked for.
 */
export function publicBadgesRouter(
  badges: Badges,
  logger?: Pick<LoggerService, 'warn' | 'error'>,
): Router {
  const router = PromiseRouter();
  router.get('/public/badges/:token/:engine/:file', async (req, res) => {
    const { token, engine, file } = parse(paramsSchema, req.params, 'params');
    const at = file.lastIndexOf('.');
    const name = file.slice(0, at);
    const state = await badges.show(token, { engine, name });
    // what shows badges keeps a copy, of which nobody would know how old it is
    res.setHeader('cache-control', 'no-cache, max-age=0');
    if (file.slice(at) === '.json') res.json(badgeJson(name, state));
    else res.type('image/svg+xml').send(badgeSvg(name, state));
  });
  router.use(faultHandler(logger));
  return router;
}
