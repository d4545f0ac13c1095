import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type RootHealthService,
} from '@backstage/backend-plugin-api';
import { withTimeout } from '@craft-easy/backstage-plugin-operations-protocol/internal';

/** What does not answer within this time is away. */
const TIMEOUT_MS = 2_000;

/** What this backend needs to serve anybody. @public */
export interface ReadinessChecks {
  /**
   * @param name - begins the sentence "… cannot be reached"
   * @param check - throws while it is away
   */
  add(name: string, check: () => Promise<void>): void;
  /** Names of what is away now. */
  failing(): Promise<string[]>;
}

/**
 * Where plugins say what they need. The backend's readiness follows it once {@link
 * readinessServiceFactory} is installed.
 * @public
 */
export const readinessChecksServiceRef = createServiceRef<ReadinessChecks>({
  id: 'operations.readiness-checks',
  scope: 'root',
  defaultFactory: async service =>
    createServiceFactory({ service, deps: {}, factory: createChecks }),
});

function createChecks(): ReadinessChecks {
  const checks = new Map<string, () => Promise<void>>();
  return {
    add(name, check) {
      checks.set(name, check);
    },
    async failing() {
      const all = [...checks].map(async ([name, check]) => {
        try {
          await withTimeout(
            TIMEOUT_MS,
            check(),
            () => new Error(`${name} does not answer`),
          );
          return [];
        } catch {
          return [name];
        }
      });
      return (await Promise.all(all)).flat();
    },
  };
}

/**
 * Health of the backend whose readiness also follows what its plugins need: a load balancer sends
 * nobody to a replica that has lost its database. Liveness does not, since a restart would not
 * help.
 * @public
 */
export const readinessServiceFactory = createServiceFactory({
  service: coreServices.rootHealth,
  deps: {
    lifecycle: coreServices.rootLifecycle,
    checks: readinessChecksServiceRef,
  },
  factory({ lifecycle, checks }): RootHealthService {
    let state = 'Backend has not started yet';
    lifecycle.addStartupHook(() => {
      state = '';
    });
    lifecycle.addBeforeShutdownHook(() => {
      state = 'Backend is shutting down';
    });
    const away = (message: string) => ({
      status: 503,
      payload: { status: 'error', message },
    });
    const ok = { status: 200, payload: { status: 'ok' } };
    return {
      getLiveness: async () => ok,
      async getReadiness() {
        if (state) return away(state);
        const [first] = await checks.failing();
        return first ? away(`${first} cannot be reached`) : ok;
      },
    };
  },
});
