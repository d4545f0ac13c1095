export { createPlatform } from './createPlatform';
