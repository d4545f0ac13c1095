export { MigrationsPage as default } from './MigrationsPage';
