/**
 * The route table. A route is an endpoint of operations-common with the handler, or the action,
 * that was attached to it. The express router, the OpenAPI document, the agents' actions and the
 * tests that try every route as every role are all made from this table.
 */
import type { Endpoint } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import type { Response } from 'express';
import type { z } from 'zod';
import type { AnyAction } from './actions';
import type { ActionContext } from './context';

/** An endpoint that is served. */
export interface Route extends Endpoint {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** as express writes it, under `/v1` */
  path: string;
  /** whose endpoint it is, such as `maintenance`: tag in the OpenAPI document, topic of changes */
  capability: string;
  role: 'read' | 'stream' | 'intake' | 'action';
  status: 200 | 201 | 202;
  params: z.ZodType;
  query: z.ZodType;
  /** steps of an action, which only `AuditedActions` takes */
  action?: AnyAction;
  /** @param res - what a stream writes to; the others answer by what they return */
  handle?(context: ActionContext, res?: Response): Promise<unknown>;
}

/** Names of the `:parameters` in a path. */
export function parameterNames(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(m => m[1]);
}
