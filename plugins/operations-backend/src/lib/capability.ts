import type {
  PermissionsRegistryService,
  SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import type { AttentionSource } from '@craft-easy/backstage-plugin-operations-node';
import type { OptionalPage } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Route } from './routes';

/** Work that one replica does from time to time. */
export interface Task
  extends Omit<SchedulerServiceTaskScheduleDefinition, 'scope'> {
  /** unique in the plugin */
  id: string;
  fn(signal: AbortSignal): Promise<void>;
}

/** What the permission framework needs to know of a type of resources. */
export type ResourceType = Parameters<
  PermissionsRegistryService['addResourceType']
>[0];

/** A capability of the backend. Nothing of it works before `start`. */
export interface Capability {
  routes: Route[];
  resourceTypes?: ResourceType[];
  attention?: AttentionSource[];
  tasks?: Task[];
  /** Whether anything was ever configured or reported that a page shows. */
  pagesInUse?: Partial<Record<OptionalPage, () => Promise<boolean>>>;
  start?(): void | Promise<void>;
  stop?(): void | Promise<void>;
}
