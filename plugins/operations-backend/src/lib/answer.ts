import type {
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import type { Response } from 'express';
import type { AuditedActions } from '../audit/auditedAction';
import { performAction } from '../audit/performAction';
import { Access } from '../permissions/Access';
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

export interface AnswerOptions {
  permissions: PermissionsService;
  /** carries out the actions of the route table */
  actions?: AuditedActions;
}

/** Has a route answer a request: the one way in, so that what is asked for, checked and written down is the same on every way. */
export async function answer(
  route: Route,
  raw: RawRequest,
  options: AnswerOptions,
  res?: Response,
): Promise<unknown> {
  const context = contextOf(route, raw, options.permissions);
  if (route.action) return performAction(options.actions!, route, context);
  if (route.kind !== 'action') {
    await context.access.requireFor(route.permission, undefined);
  }
  return route.handle!(context, res);
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
