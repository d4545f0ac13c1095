import type { MaintenanceState } from '@craft-easy/backstage-plugin-operations-protocol';
import { checked, form, forms, optionsOf } from '../checked';
import type { Maintenance } from './Maintenance';
import { maintenanceForm } from './Maintenance';

/**
 * What passes even `offline`: paths (with everything below them), optionally for one method, or an
 * expression over the path.
 * @public
 */
export type AllowedPath = string | RegExp | { method?: string; path: string };

/** Health probes and the banner itself. @public */
export const DEFAULT_ALLOWED_PATHS: readonly AllowedPath[] = [
  '/health',
  '/healthz',
  '/livez',
  '/readyz',
  '/public/maintenance',
  '/public/maintenance-banner.js',
];

/** @public */
export interface MaintenanceGuardOptions<Request> {
  /** The tenant that a request is of; none: only the platform's windows count. */
  tenant?: (request: Request) => string | undefined;
  /**
   * Replaces {@link DEFAULT_ALLOWED_PATHS}. Name here what must go on, such as webhooks that come
   * in.
   */
  allow?: readonly AllowedPath[];
  /**
   * Whom nothing locks out: the platform's own operators. Answer true only for what is
   * authenticated.
   */
  bypass?: (request: Request) => boolean;
}

const allowedPaths = form<readonly AllowedPath[]>(
  'a list of paths, regular expressions and { method, path }',
  given =>
    Array.isArray(given) &&
    given.every(
      rule =>
        rule instanceof RegExp || typeof (rule?.path ?? rule) === 'string',
    ),
);

export const guardForm = optionsOf<MaintenanceGuardOptions<any>>(
  {
    tenant: forms.callback.optional(),
    allow: allowedPaths.optional(),
    bypass: forms.callback.optional(),
  },
  {
    allowedPaths: 'allow',
    allowlist: 'allow',
    except: 'allow',
    skip: 'bypass',
  },
);

/** A request as the guard sees it. @public */
export interface GuardedRequest {
  method: string;
  /** with or without its query */
  path: string;
  tenant?: string;
}

/** RFC 9110, 9.2.1 */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** Type of the problem details of a refusal. @public */
export const MAINTENANCE_PROBLEM_TYPE =
  'https://operations.craft-easy.io/problems/maintenance';

/**
 * Makes the function that checks requests: it answers the state by which one is refused, or
 * undefined where the request passes.
 * @public
 */
export function createMaintenanceCheck(
  maintenance: Maintenance,
  allow: readonly AllowedPath[] = DEFAULT_ALLOWED_PATHS,
): (request: GuardedRequest) => MaintenanceState | undefined {
  checked('createMaintenanceCheck: maintenance', maintenanceForm, maintenance);
  checked('createMaintenanceCheck: allow', allowedPaths, allow);
  const rules = allow.map(rule => compile(rule));
  return request => {
    const state = maintenance.stateOf(request.tenant);
    if (!state) return undefined;
    const method = request.method.toUpperCase();
    if (state.mode === 'read-only' && SAFE_METHODS.has(method))
      return undefined;
    const query = request.path.indexOf('?');
    const path = query < 0 ? request.path : request.path.slice(0, query);
    return rules.some(rule => rule(method, path)) ? undefined : state;
  };
}

function compile(rule: AllowedPath): (method: string, path: string) => boolean {
  if (rule instanceof RegExp) return (_method, path) => rule.test(path);
  const { method, path: allowed } =
    typeof rule === 'string' ? { method: undefined, path: rule } : rule;
  const below = allowed.endsWith('/') ? allowed : `${allowed}/`;
  return (m, path) =>
    (!method || method.toUpperCase() === m) &&
    (path === allowed || path.startsWith(below)) &&
    // what is not in its plain form is not what the rule names
    !/(^|\/)\.\.?(\/|$)|%2e/i.test(path);
}

/** Status, headers and body of a refusal. @public */
export function maintenanceAnswer(
  state: MaintenanceState,
  now: number,
): { status: 503; headers: Record<string, string>; body: object } {
  const seconds = Math.max(1, Math.ceil((state.until - now) / 1000));
  const readOnly = state.mode === 'read-only';
  return {
    status: 503,
    headers: {
      'retry-after': String(seconds),
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
    },
    body: {
      type: MAINTENANCE_PROBLEM_TYPE,
      title: readOnly ? 'Read-only for maintenance' : 'Offline for maintenance',
      status: 503,
      detail: readOnly
        ? 'Reading works; changes are possible again afterwards.'
        : 'The service is back afterwards.',
      mode: state.mode,
      until: new Date(state.until).toISOString(),
    },
  };
}
