import type { BackstageServicePrincipal } from '@backstage/backend-plugin-api';
import {
  endpointsByCapability,
  type Endpoints,
} from '@craft-easy/backstage-plugin-operations-common/endpoints';
import type {
  EngineIntake,
  JobEngine,
} from '@craft-easy/backstage-plugin-operations-node';
import { describeEndpoints } from '../../lib/attach';
import type { Caller } from '../../lib/context';
import type { Route } from '../../lib/routes';

/**
 * The endpoints that are declared for an engine, with the engine's handlers: parsed, authorised and
 * described as any other.
 *
 * @throws Error if an endpoint has no handler, or a handler no endpoint
 */
export function engineRoutes(engine: JobEngine, intake: EngineIntake): Route[] {
  const declared: Readonly<Record<string, Endpoints>> = endpointsByCapability;
  const endpoints = Object.hasOwn(declared, engine.name)
    ? declared[engine.name]
    : {};
  const handlers = engine.serve!(intake);
  const routes = describeEndpoints(engine.name, endpoints);
  const keys = routes.map(({ method, path }) => `${method} ${path}`);
  const odd = [...keys, ...Object.keys(handlers)].find(
    key => !keys.includes(key) || !Object.hasOwn(handlers, key),
  );
  if (odd || routes.some(({ role }) => role === 'action')) {
    throw new Error(
      `The job engine ${engine.name} does not answer what is declared for it: ${odd}`,
    );
  }
  return routes.map(route => ({
    ...route,
    handle: context => {
      const { params, query, caller, header } = context;
      return handlers[`${route.method} ${route.path}`]({
        params: params as Record<string, string>,
        query,
        body: () => context.body(),
        subject: subjectOf(caller),
        header,
      });
    },
  }));
}

/** Subject of a service that asks for itself: nobody else is trusted to speak for jobs. */
function subjectOf({ credentials, onBehalfOf }: Caller): string | undefined {
  const principal = credentials.principal as Partial<BackstageServicePrincipal>;
  return principal.type === 'service' && !onBehalfOf
    ? principal.subject
    : undefined;
}
