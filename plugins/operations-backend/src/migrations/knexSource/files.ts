import { readdirSync } from 'node:fs';
import { resolvePackagePath } from '@backstage/backend-plugin-api';

/** Names of a folder's migration files, in knex's order; undefined if there is no such folder. */
export function migrationFilesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder)
      .filter(file => /\.(c|m)?(js|ts)$/.test(file) && !/\.d\.ts$/.test(file))
      .sort();
  } catch {
    // not there, or not readable: what is pending is then unknown
    return undefined;
  }
}

/** The migration files of a Backstage plugin, if its package is installed and has some. */
export function migrationFilesOfPlugin(pluginId: string): string[] | undefined {
  const packages = [
    `@backstage/plugin-${pluginId}-backend`,
    ...(pluginId === 'operations'
      ? ['@craft-easy/backstage-plugin-operations-backend']
      : []),
  ];
  for (const name of packages) {
    try {
      const files = migrationFilesIn(resolvePackagePath(name, 'migrations'));
      if (files) return files;
    } catch {
      // not installed under this name
    }
  }
  return undefined;
}
