/** The Express app of a reader of the documents. */
import express, { type Request } from 'express';

export const app = express();

export function tenantOf(request: { headers: Request['headers'] }): string {
  return String(request.headers['x-tenant']);
}

export function isOperator(request: Request): boolean {
  return request.headers['x-role'] === 'operator';
}
