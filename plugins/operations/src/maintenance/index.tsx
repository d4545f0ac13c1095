export { MaintenancePage as default } from './MaintenancePage';
