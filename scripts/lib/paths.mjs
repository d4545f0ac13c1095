import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** Root of the repository. */
export const ROOT = resolve(here, '../..');

/** What the two commands install for themselves: a Node, stamps. Safe to delete. */
export const TOOLS = resolve(ROOT, '.tools');

/** What a started portal keeps between two starts: databases, queues, logs. */
export const RUN = resolve(ROOT, process.env.OPERATIONS_RUN_DIR || '.run');

/** A path below the repository's root. */
export const inRoot = (...parts) => resolve(ROOT, ...parts);
