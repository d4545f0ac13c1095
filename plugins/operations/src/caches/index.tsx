export { CachesPage as default } from './CachesPage';
