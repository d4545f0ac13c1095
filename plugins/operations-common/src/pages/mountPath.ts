import { DEFAULT_MOUNT_PATH, pathOf } from './paths';
import type { PageTarget } from './target';

const KEY = 'operations.mountPath';

/** Segments of letters, digits and what a path may hold unescaped, each after a slash. */
const PATH = /^(\/[\w.~-]+)+$/;

/**
 * Reads `operations.mountPath`: where the portal mounts the pages, for links that leave the portal.
 * The pages themselves know it by their route.
 *
 * @throws Error that says what would be right
 */
export function readMountPath(config: {
  getOptionalString(key: string): string | undefined;
}): string {
  const path = config.getOptionalString(KEY) ?? DEFAULT_MOUNT_PATH;
  if (path === '/') return '';
  if (!PATH.test(path)) {
    throw new Error(
      `${KEY} must be the path at which the portal has the page of Operations, such as ${DEFAULT_MOUNT_PATH}, without a slash at its end: ${path} is none`,
    );
  }
  return path;
}

/**
 * The path of a target within the portal, as notifications and hits of the search have it.
 * @param mountPath - as {@link readMountPath} returns it
 */
export function portalPathOf(mountPath: string, target: PageTarget): string {
  return `${mountPath}${pathOf(target)}`;
}
