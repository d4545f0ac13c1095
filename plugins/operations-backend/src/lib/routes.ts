/**
 * The route table. A route is one entry: method and path, the permission it asks for, the shapes of what comes in and goes out, and who answers.
 * The express router, the OpenAPI document and the tests that try every route as every role are all made from it; a route that does not say which
 * permission it checks does not compile.
 */
import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { Permission } from '@backstage/plugin-permission-common';
import type { Response } from 'express';
import { z } from 'zod';
import type { Endpoint as DeclaredEndpoint } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import type { Access } from '../permissions/Access';
import type { AnyAction } from './actions';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Who asks, and how the request can be found again. */
export interface Caller {
  credentials: BackstageCredentials;
  /** entity reference of the user, or `service:<subject>` */
  actor: string;
  onBehalfOf?: string;
  requestId: string;
  ip?: string;
  userAgent?: string;
  /** how an action can be asked for again, for one that waits for a second person */
  request?: RepeatableRequest;
  /** the second person's yes, by which this request is carried out */
  approval?: GivenApproval;
  /** ask no more than whether the caller may: the door goes no further than its first step */
  onlyAuthorize?: boolean;
}

/** A request to a route with all that its handler looks at; JSON. */
export interface RepeatableRequest {
  /** as the route table has it: `POST /maintenance` */
  endpoint: string;
  params: unknown;
  query: unknown;
  body: unknown;
  ifMatch?: string;
}

/** That a second person said yes. */
export interface GivenApproval {
  id: string;
  approvedBy: string;
  approvedAt: string;
  reason: string;
}

/** What every handler gets. */
export interface RequestContext<P = unknown, Q = unknown> {
  params: P;
  query: Q;
  caller: Caller;
  /** what the caller may do; asks the permission framework once per permission */
  access: Access;
  /** a request header, in any case */
  header(name: string): string | undefined;
}

/** What the handler of an action gets besides: a body that is parsed when asked for, so that who may not act is told so whatever he sent. */
export interface ActionContext<P = unknown, Q = unknown, B = unknown>
  extends RequestContext<P, Q> {
  /** @throws MalformedRequestError */
  body(): B;
  /** the reason as it was sent, if it is one: for the audit of a refusal */
  rawReason(): string | undefined;
}

/** Why a route asks for no permission. */
export interface Open {
  open: string;
}

/** Which permission a route asks for; of several, any one lets the request through to the service, which judges further. */
export type RoutePermission = Permission | readonly Permission[] | Open;

export interface Route {
  /** declaration of an endpoint that has one */
  endpoint?: DeclaredEndpoint;
  /** whose endpoint it is, such as `maintenance`: tag in the OpenAPI document, topic of changes */
  capability?: string;
  /** steps of an audited action, which only `AuditedActions` takes */
  action?: AnyAction;
  method: Method;
  /** as express writes it, under `/v1` */
  path: string;
  permission: RoutePermission;
  /** actions are authorised behind the audited door, so that refusals are written down */
  kind: 'read' | 'action' | 'intake' | 'stream';
  summary: string;
  status: number;
  params: z.ZodType;
  query: z.ZodType;
  body?: z.ZodType;
  answer?: z.ZodType;
  /** media types of a stream */
  produces?: string[];
  /** @param res - what a stream writes to; the others answer by what they return */
  handle?(context: ActionContext, res?: Response): Promise<unknown>;
}

type Endpoint<M extends Method> = `${M} /${string}`;

interface Shapes<P extends z.ZodType, Q extends z.ZodType> {
  summary: string;
  params?: P;
  query?: Q;
}

type AnyObject = z.ZodType<Record<string, string>>;
type NoQuery = z.ZodObject<Record<never, never>>;

/** A route that changes nothing. */
export function read<
  A,
  P extends z.ZodType = AnyObject,
  Q extends z.ZodType = NoQuery,
>(
  endpoint: Endpoint<'GET'>,
  permission: RoutePermission,
  shapes: Shapes<P, Q> & { answer: z.ZodType },
  handler: (context: RequestContext<z.output<P>, z.output<Q>>) => Promise<A>,
): Route {
  return {
    ...endpointOf(endpoint, shapes),
    permission,
    kind: 'read',
    status: 200,
    answer: shapes.answer,
    handle: context =>
      handler(context as RequestContext<z.output<P>, z.output<Q>>),
  };
}

/** A route that changes nothing, with a question too long for an address. */
export function ask<
  A,
  B extends z.ZodType,
  P extends z.ZodType = AnyObject,
  Q extends z.ZodType = NoQuery,
>(
  endpoint: Endpoint<'POST'>,
  permission: RoutePermission,
  shapes: Shapes<P, Q> & { body: B; answer: z.ZodType },
  handler: (
    context: ActionContext<z.output<P>, z.output<Q>, z.output<B>>,
  ) => Promise<A>,
): Route {
  return { ...action(endpoint, permission, shapes, handler), kind: 'read' };
}

/** A route that changes something: its handler goes through `auditedAction`. */
export function action<
  A,
  B extends z.ZodType,
  P extends z.ZodType = AnyObject,
  Q extends z.ZodType = NoQuery,
>(
  endpoint: Endpoint<'POST' | 'PUT' | 'DELETE'>,
  permission: RoutePermission,
  shapes: Shapes<P, Q> & { body: B; answer: z.ZodType; status?: number },
  handler: (
    context: ActionContext<z.output<P>, z.output<Q>, z.output<B>>,
  ) => Promise<A>,
): Route {
  return {
    ...endpointOf(endpoint, shapes),
    permission,
    kind: 'action',
    status: shapes.status ?? 200,
    body: shapes.body,
    answer: shapes.answer,
    handle: context =>
      handler(context as ActionContext<z.output<P>, z.output<Q>, z.output<B>>),
  };
}

/** A route that writes its answer itself, piece by piece. */
export function stream<
  P extends z.ZodType = AnyObject,
  Q extends z.ZodType = NoQuery,
>(
  endpoint: Endpoint<'GET'>,
  permission: RoutePermission,
  shapes: Shapes<P, Q> & { produces: string[] },
  handler: (
    context: RequestContext<z.output<P>, z.output<Q>>,
    res: Response,
  ) => Promise<void>,
): Route {
  return {
    ...endpointOf(endpoint, shapes),
    permission,
    kind: 'stream',
    status: 200,
    produces: shapes.produces,
    handle: (context, res) =>
      handler(context as RequestContext<z.output<P>, z.output<Q>>, res!),
  };
}

function endpointOf(
  endpoint: string,
  shapes: Shapes<z.ZodType, z.ZodType>,
): Pick<Route, 'method' | 'path' | 'summary' | 'params' | 'query'> {
  const [method, path] = endpoint.split(' ');
  return {
    method: method as Method,
    path,
    summary: shapes.summary,
    params: shapes.params ?? pathParameters(path),
    query: shapes.query ?? z.object({}),
  };
}

/** Names of the `:parameters` in a path. */
export function parameterNames(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(m => m[1]);
}

function pathParameters(path: string): z.ZodType {
  return z.object(
    Object.fromEntries(
      parameterNames(path).map(name => [name, z.string().min(1).max(300)]),
    ),
  );
}
