import { myPermissionsSchema } from '@craft-easy/backstage-plugin-operations-common';
import { read, type Route } from '../lib/routes';
import type { AccessService } from './AccessService';

/** What the caller may do. */
export function accessRoutes(service: AccessService): Route[] {
  const anybody = { open: 'what one may do oneself is no secret to oneself' };
  // prettier-ignore
  return [
    read('GET /permissions/mine', anybody, { summary: 'What the caller may do, under which condition, and who else may', answer: myPermissionsSchema }, c => service.mine(c.caller, c.access)),
  ];
}
