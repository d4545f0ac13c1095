import type {
  Endpoint,
  EndpointKey,
  Endpoints,
  IsAction,
} from '@craft-easy/backstage-plugin-operations-common/endpoints';
import type { Response } from 'express';
import { z } from 'zod';
import type { Action, ContextOf } from './actions';
import { parameterNames, type Route } from './routes';

type Answered<E> = E extends { answer: infer A }
  ? A extends z.ZodType
    ? z.output<A>
    : never
  : unknown;

/** Who answers an endpoint: an action by its steps, a stream by writing, all else by a value. */
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
  return describeEndpoints(capability, endpoints).map(described => {
    const key = `${described.method} ${described.path}` as keyof T &
      EndpointKey;
    const handler = handlers[key];
    return described.role === 'action'
      ? { ...described, action: handler as Route['action'] }
      : { ...described, handle: handler as Route['handle'] };
  });
}

/** The endpoints of a capability without their handlers: for whatever describes the API. */
export function describeEndpoints(
  capability: string,
  endpoints: Endpoints,
): Route[] {
  return Object.entries(endpoints).map(([key, endpoint]) => {
    const [method, path] = key.split(' ') as [Route['method'], string];
    return {
      ...endpoint,
      method,
      path,
      capability,
      role: roleOf(key, endpoint),
      status: endpoint.status ?? 200,
      params: endpoint.params ?? pathParameters(path),
      query: endpoint.query ?? z.object({}),
    };
  });
}

function roleOf(key: string, endpoint: Endpoint): Route['role'] {
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
