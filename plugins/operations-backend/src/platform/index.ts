export {
  createPlatform,
  type Platform,
  type PlatformOptions,
} from './createPlatform';
export type { PlatformTimings } from './timings';
