export {
  MAX_TENANT_LENGTH,
  tenantFault,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
