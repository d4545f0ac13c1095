export { FlagsPage as default } from './FlagsPage';
