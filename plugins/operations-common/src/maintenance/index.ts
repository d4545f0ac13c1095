export * from './window';
export type {
  BannerWindow,
  MaintenanceBanner,
  MaintenanceMode,
  MaintenanceScope,
} from '@craft-easy/backstage-plugin-operations-protocol';
