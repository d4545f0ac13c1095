import type { Permission } from '@backstage/plugin-permission-common';
import type { z } from 'zod';

/** Method and path of an endpoint under `/api/operations/v1`, such as `GET /runs/:id`. @internal */
export type EndpointKey = `${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`;

/** Why an endpoint asks for no permission. @internal */
export interface OpenEndpoint {
  open: string;
}

/**
 * An endpoint, declared once: the backend's handler, the OpenAPI document, the permission matrix,
 * the agents' actions and the typed client follow from this.
 * @internal
 */
export interface Endpoint {
  /** unique; a verb and its noun in camel case, such as `listJobRuns` */
  operationId: string;
  /** an imperative with its noun: "List the runs of a job" */
  summary: string;
  /** what a reader of the API, or an agent, must know besides */
  description?: string;
  /**
   * of several permissions, any one lets the request through to the service, which checks further
   */
  permission: Permission | readonly Permission[] | OpenEndpoint;
  /** absent: each `:parameter` of the path is a string of 1 to 300 characters */
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** the body may also be a form, as `curl --data` sends it: all its fields are texts */
  form?: true;
  /** of an action without `auditId`, which every action answers with */
  answer?: z.ZodType;
  /** 200 where not given */
  status?: 200 | 201 | 202;
  /** media types of an answer that is written piece by piece */
  produces?: readonly string[];
  /**
   * What a method other than GET does, where it is not an audited action: `query` changes nothing
   * and is too long for an address, `intake` takes facts that a service reports.
   */
  kind?: 'query' | 'intake';
  /** the request needs `If-Match` with the etag of what its sender has seen */
  ifMatch?: boolean;
  /** agents may call it; a destructive one cannot be taken back, or starts work */
  agents?: 'safe' | 'destructive';
}

/** @internal */
export type Endpoints = Record<EndpointKey, Endpoint>;

/** Declares the endpoints of a capability. @internal */
export function defineEndpoints<const T extends Endpoints>(endpoints: T): T {
  return endpoints;
}

/** Names of the `:parameters` in a path. @internal */
export type PathParameter<K extends string> =
  K extends `${string}:${infer Name}/${infer Rest}`
    ? Name | PathParameter<Rest>
    : K extends `${string}:${infer Name}`
    ? Name
    : never;

type Loose<T> = { [K in keyof T]?: T[K] | undefined };
type Given<T, Name extends string, V> = T extends z.ZodType
  ? { [N in Name]: V }
  : unknown;

/** Whether an endpoint is an audited action. @internal */
export type IsAction<K, E> = K extends `GET ${string}`
  ? false
  : E extends { kind: 'query' | 'intake' }
  ? false
  : true;

/** What a call of an endpoint takes. */
export type EndpointInput<K extends string, E extends Endpoint> = ([
  PathParameter<K>,
] extends [never]
  ? unknown
  : { params: Record<PathParameter<K>, string> }) &
  (E['query'] extends z.ZodType
    ? { query?: Loose<z.output<E['query']>> }
    : unknown) &
  Given<
    E['body'],
    'body',
    E['body'] extends z.ZodType ? z.input<E['body']> : never
  > &
  (E extends { ifMatch: true } ? { ifMatch: string } : unknown) &
  (IsAction<K, E> extends true ? { idempotencyKey: string } : unknown);

/** What an endpoint answers with. */
export type EndpointAnswer<K extends string, E extends Endpoint> = (E extends {
  answer: infer A;
}
  ? A extends z.ZodType
    ? z.output<A>
    : never
  : IsAction<K, E> extends true
  ? unknown
  : never) &
  (IsAction<K, E> extends true ? { auditId: string } : unknown);
