import type { OperationsClient } from '../client';
import type { Page } from '../lib';
import { IDEMPOTENCY_KEY_HEADER } from '../lib/headers';
import type {
  CreateMaintenanceRequest,
  EndMaintenanceRequest,
  ExtendMaintenanceRequest,
  MaintenanceActionResult,
  MaintenanceQuery,
  MaintenanceWindow,
} from './window';

type Caller = Pick<OperationsClient, 'get' | 'send'>;

const pathOf = (id: string) => `/maintenance/${encodeURIComponent(id)}`;
const keyed = (key: string) => ({ [IDEMPOTENCY_KEY_HEADER]: key });

/** The maintenance part of the API. @public */
export class MaintenanceClient {
  constructor(private readonly api: Caller) {}

  getWindows(
    query: Partial<MaintenanceQuery> = {},
  ): Promise<Page<MaintenanceWindow>> {
    return this.api.get('/maintenance', query);
  }

  create(
    body: CreateMaintenanceRequest,
    key: string,
  ): Promise<MaintenanceActionResult> {
    return this.api.send('POST', '/maintenance', body, keyed(key));
  }

  extend(
    id: string,
    body: ExtendMaintenanceRequest,
    key: string,
  ): Promise<MaintenanceActionResult> {
    return this.api.send('POST', `${pathOf(id)}/extend`, body, keyed(key));
  }

  end(
    id: string,
    body: EndMaintenanceRequest,
    key: string,
  ): Promise<MaintenanceActionResult> {
    return this.api.send('POST', `${pathOf(id)}/end`, body, keyed(key));
  }
}
