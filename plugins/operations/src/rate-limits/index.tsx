export { RateLimitsPage as default } from './RateLimitsPage';
