import type { BackendPluginRegistrationPoints } from '@backstage/backend-plugin-api';
import {
  attentionSourceExtensionPoint,
  auditCheckpointExtensionPoint,
  cacheTargetExtensionPoint,
  jobEngineExtensionPoint,
  migrationStatusSourceExtensionPoint,
  permissionHoldersExtensionPoint,
  type AttentionSource,
  type AuditCheckpointArchive,
  type CacheTarget,
  type JobEngine,
  type MigrationStatusSource,
  type PermissionGrant,
} from '@craft-easy/backstage-plugin-operations-node';
import { faultOfEngine } from '@craft-easy/backstage-plugin-operations-node/internal';

/** What modules have added, once they are all initialised. */
export interface Additions {
  engines: JobEngine[];
  attentionSources: AttentionSource[];
  archives: AuditCheckpointArchive[];
  cacheTargets: CacheTarget[];
  migrationSources: MigrationStatusSource[];
  grants: PermissionGrant[];
}

/** Registers the extension points of the plugin. */
export function registerExtensionPoints(
  env: BackendPluginRegistrationPoints,
): Additions {
  const engines = collect<JobEngine>('job engine', e => e.name);
  const sources = collect<AttentionSource>('attention source', s => s.id);
  const archives = collect<AuditCheckpointArchive>('audit archive', a => a.id);
  const targets = collect<CacheTarget>('cache target', t => t.name);
  const migrations = collect<MigrationStatusSource>(
    'migration source',
    s => s.id,
  );
  const grants: PermissionGrant[] = [];
  env.registerExtensionPoint(jobEngineExtensionPoint, {
    addJobEngine(engine) {
      const fault = faultOfEngine(engine);
      if (fault) throw new Error(fault);
      engines.add(engine);
    },
  });
  env.registerExtensionPoint(attentionSourceExtensionPoint, {
    addAttentionSource: sources.add,
  });
  env.registerExtensionPoint(auditCheckpointExtensionPoint, {
    addArchive: archives.add,
  });
  env.registerExtensionPoint(cacheTargetExtensionPoint, {
    addCacheTarget: targets.add,
  });
  env.registerExtensionPoint(migrationStatusSourceExtensionPoint, {
    addMigrationStatusSource: migrations.add,
  });
  env.registerExtensionPoint(permissionHoldersExtensionPoint, {
    addGrants: more => {
      grants.push(...more);
    },
  });
  return {
    engines: engines.items,
    attentionSources: sources.items,
    archives: archives.items,
    cacheTargets: targets.items,
    migrationSources: migrations.items,
    grants,
  };
}

/** Collects what is added under an id. @throws Error if an id is added twice */
function collect<T>(what: string, idOf: (item: T) => string) {
  const items: T[] = [];
  return {
    items,
    add(item: T): void {
      const id = idOf(item);
      if (items.some(known => idOf(known) === id)) {
        throw new Error(`Two modules add the ${what} ${id}`);
      }
      items.push(item);
    },
  };
}
