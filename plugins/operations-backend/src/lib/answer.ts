import type {
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import type { Response } from 'express';
import { Access, notAllowed } from '../permissions/Access';
import { callerOf } from './caller';
import { parse } from './parse';
import type { ActionContext, Caller, Route } from './routes';

/** A request as it came, whichever way: over HTTP, or through the registry of actions. */
export interface RawRequest
  extends Pick<Caller, 'requestId' | 'ip' | 'userAgent'> {
  credentials: BackstageCredentials;
  params: unknown;
  query: unknown;
  body: unknown;
  /** a header, in any case */
  header(name: string): string | undefined;
  /** on which terms it is answered, where it is not simply asked for */
  terms?: Partial<
    Pick<Caller, 'approval' | 'onlyAuthorize' | 'actor' | 'onBehalfOf'>
  >;
}

/** Has a route answer a request: the one way in, so that what is asked for, checked and written down is the same on every way. */
export async function answer(
  route: Route,
  raw: RawRequest,
  permissions: PermissionsService,
  res?: Response,
): Promise<unknown> {
  const context = contextOf(route, raw, permissions);
  if (route.kind !== 'action') await mustHaveOne(route, context.access);
  return route.handle(context, res);
}

function contextOf(
  route: Route,
  raw: RawRequest,
  permissions: PermissionsService,
): ActionContext {
  const { credentials, requestId, ip, userAgent } = raw;
  return {
    params: parse(route.params, raw.params, 'path'),
    query: parse(route.query, raw.query, 'query'),
    caller: {
      ...callerOf(credentials, { requestId, ip, userAgent }),
      ...raw.terms,
      request: {
        endpoint: `${route.method} ${route.path}`,
        ...{ params: raw.params, query: raw.query, body: raw.body },
        ifMatch: raw.header('if-match'),
      },
    },
    access: new Access(permissions, credentials),
    header: name => raw.header(name),
    body: () => parse(route.body!, raw.body, 'body'),
    rawReason: () => {
      const reason = (raw.body as { reason?: unknown } | undefined)?.reason;
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
