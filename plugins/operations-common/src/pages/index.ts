export { pageTargetSchema, type PageTarget } from './target';
export { DEFAULT_MOUNT_PATH, pathOf } from './paths';
export { portalPathOf, readMountPath } from './mountPath';
export { PAGES, type PageName } from './names';
