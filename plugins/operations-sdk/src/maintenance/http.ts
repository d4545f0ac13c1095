import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { preferredLanguages } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { checked, forms, optionsOf } from '../checked';
import {
  createMaintenanceCheck,
  guardForm,
  maintenanceAnswer,
  type MaintenanceGuardOptions,
} from './guard';
import { maintenanceForm, type Maintenance } from './Maintenance';

type ExpressRequest = IncomingMessage & { originalUrl?: string };

/** Answers with what a request is refused by; undefined where it passes. */
function createGuard<R>(
  name: string,
  maintenance: Maintenance,
  options: MaintenanceGuardOptions<R>,
  read: (request: R) => { method: string; path: string },
) {
  checked(`${name}: maintenance`, maintenanceForm, maintenance);
  checked(name, guardForm, options);
  const check = createMaintenanceCheck(maintenance, options.allow);
  return (request: R) => {
    const state = check({
      ...read(request),
      tenant: options.tenant?.(request),
    });
    return state && !options.bypass?.(request)
      ? maintenanceAnswer(state, maintenance.now())
      : undefined;
  };
}

/** Middleware for Express (and Connect): refuses with 503 what maintenance forbids. @public */
export function expressMaintenanceGuard<
  R extends ExpressRequest = ExpressRequest,
>(maintenance: Maintenance, options: MaintenanceGuardOptions<R> = {}) {
  const refusalOf = createGuard(
    'expressMaintenanceGuard',
    maintenance,
    options,
    (request: R) => ({
      method: request.method ?? 'GET',
      path: request.originalUrl ?? request.url ?? '/',
    }),
  );
  return (
    request: R,
    response: ServerResponse,
    next: (error?: unknown) => void,
  ): void => {
    const refusal = refusalOf(request);
    if (!refusal) {
      next();
      return;
    }
    response.writeHead(refusal.status, refusal.headers);
    response.end(JSON.stringify(refusal.body));
  };
}

interface FastifyReply {
  headers(values: Record<string, string>): unknown;
  code(status: number): { send(payload: unknown): unknown };
}

/** An `onRequest` hook for Fastify. @public */
export function fastifyMaintenanceGuard<
  R extends { method: string; url: string },
>(maintenance: Maintenance, options: MaintenanceGuardOptions<R> = {}) {
  const refusalOf = createGuard(
    'fastifyMaintenanceGuard',
    maintenance,
    options,
    (request: R) => ({
      method: request.method,
      path: request.url,
    }),
  );
  return async (request: R, reply: FastifyReply): Promise<unknown> => {
    const refusal = refusalOf(request);
    if (!refusal) return undefined;
    reply.headers(refusal.headers);
    return reply.code(refusal.status).send(JSON.stringify(refusal.body));
  };
}

const bannerForm = optionsOf<{ tenant?: unknown }>({
  tenant: forms.callback.optional(),
});

/**
 * Handler for Express (and Connect) of the banner's JSON: the message for the tenant's users,
 * in their language. Nothing in it is secret.
 * @public
 */
export function maintenanceBannerHandler<
  R extends ExpressRequest = ExpressRequest,
>(
  maintenance: Maintenance,
  options: { tenant?: (request: R) => string | undefined } = {},
) {
  checked(
    'maintenanceBannerHandler: maintenance',
    maintenanceForm,
    maintenance,
  );
  checked('maintenanceBannerHandler', bannerForm, options);
  return (request: R, response: ServerResponse): void => {
    const asked = new URL(
      request.originalUrl ?? request.url ?? '/',
      'http://localhost',
    ).searchParams;
    const languages = [
      ...asked.getAll('lang'),
      ...preferredLanguages(request.headers['accept-language']),
    ];
    const banner = maintenance.banner(options.tenant?.(request), languages);
    response.writeHead(200, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      vary: 'accept-language',
    });
    response.end(JSON.stringify(banner));
  };
}

let script: string | undefined;

/** Source of the `<maintenance-banner>` element, to be served as JavaScript. @public */
export function maintenanceBannerScript(): string {
  script ??= readFileSync(
    join(
      dirname(require.resolve('@craft-easy/operations-sdk/package.json')),
      'assets/maintenance-banner.js',
    ),
    'utf8',
  );
  return script;
}
