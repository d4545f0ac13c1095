import {
  appendLog,
  appendRecords,
  claimSlot,
  releaseTenantLock,
  replaceField,
  takeGrant,
  takeTenantLock,
} from '../jobs/scripts';
import { ADD_LUA } from '../rate-limits/UsageRecorder';
import { TAKE } from '../rate-limits/windows';

/**
 * The atomic steps that the Python package does with the very same Lua, by name. `yarn workspace
 * @craft-easy/operations-sdk generate` writes them into it.
 */
const SHARED_SCRIPTS: Record<string, string> = {
  appendLog: appendLog.lua,
  appendRecords: appendRecords.lua,
  claimSlot: claimSlot.lua,
  takeGrant: takeGrant.lua,
  takeTenantLock: takeTenantLock.lua,
  releaseTenantLock: releaseTenantLock.lua,
  takeOfWindow: TAKE.lua,
  addUsage: ADD_LUA,
  replaceField: replaceField.lua,
};

/** As it stands in the file. */
export const sharedScriptsFile = () =>
  `${JSON.stringify(SHARED_SCRIPTS, null, 2)}\n`;

/** From the root of the repository. */
export const SHARED_SCRIPTS_PATH =
  'python/src/craft_easy_operations/redis/scripts.json';
