import { createHash } from 'node:crypto';
import type { RedisClient } from '@craft-easy/backstage-plugin-operations-protocol/redis';

/** An atomic step: Lua, whose header names its keys and arguments. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

/** Executes a script; its text is sent only to a server that does not have it yet. */
export async function executeScript(
  client: RedisClient,
  step: Script,
  keys: string[],
  args: Array<string | number>,
): Promise<unknown> {
  try {
    return await client.evalsha(step.sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOSCRIPT')) {
      return await client.eval(step.lua, keys.length, ...keys, ...args);
    }
    throw error;
  }
}
