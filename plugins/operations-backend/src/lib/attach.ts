import type {
  Endpoint,
  EndpointKey,
  Endpoints,
  IsAction,
} from '@craft-easy/backstage-plugin-operations-common/endpoints';
import type { Response } from 'express';
import { z } from 'zod';
import type { Action, ContextOf } from './actions';
import {
  parameterNames,
  type ActionContext,
  type Method,
  type Route,
} from './routes';

type Answered<E> = E extends { answer: infer A }
  ? A extends z.ZodType
    ? z.output<A>
    : never
  : unknown;

/** Who answers an endpoint: an action with its steps, a stream by writing, all else by a value. */
export type Handler<K extends string, E extends Endpoint> = E extends {
  produces: readonly string[];
}
  ? (c: ContextOf<K, E>, res: Response) => Promise<void>
  : IsAction<K, E> extends true
  ? Action<K, E>
  : (c: ContextOf<K, E>) => Answered<E> | Promise<Answered<E>>;

/** A handler for each endpoint; one that is forgotten does not compile. */
export type Handlers<T extends Endpoints> = {
  [K in keyof T & EndpointKey]: Handler<K, T[K]>;
};

/** Attaches handlers to the endpoints of a capability. */
export function attach<T extends Endpoints>(
  capability: string,
  endpoints: T,
  handlers: Handlers<T>,
): Route[] {
  return Object.entries(endpoints).map(([key, endpoint]) => {
    const [method, path] = key.split(' ') as [Method, string];
    const handler = handlers[key as keyof T & EndpointKey];
    const isAction = typeof handler !== 'function';
    return {
      endpoint,
      capability,
      method,
      path,
      permission: endpoint.permission,
      kind: kindOf(key as EndpointKey, endpoint),
      summary: endpoint.summary,
      status: endpoint.status ?? 200,
      params: endpoint.params ?? pathParameters(path),
      query: endpoint.query ?? z.object({}),
      body: endpoint.body,
      answer: endpoint.answer,
      produces: endpoint.produces && [...endpoint.produces],
      action: isAction ? (handler as Route['action']) : undefined,
      handle: isAction
        ? undefined
        : (handler as (c: ActionContext, res?: Response) => Promise<unknown>),
    };
  });
}

function kindOf(key: EndpointKey, endpoint: Endpoint): Route['kind'] {
  if (endpoint.produces) return 'stream';
  if (key.startsWith('GET ') || endpoint.kind === 'query') return 'read';
  return endpoint.kind === 'intake' ? 'intake' : 'action';
}

function pathParameters(path: string): z.ZodType {
  return z.object(
    Object.fromEntries(
      parameterNames(path).map(name => [name, z.string().min(1).max(300)]),
    ),
  );
}
