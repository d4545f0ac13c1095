export * from './window';
export type {
  BannerWindow,
  MaintenanceMode,
  MaintenanceScope,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
export type { MaintenanceBanner } from '@craft-easy/backstage-plugin-operations-protocol';
