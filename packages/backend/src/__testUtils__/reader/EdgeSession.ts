import type { CacheSession } from '@craft-easy/backstage-plugin-operations-node';

/** A cache that holds nothing. */
export class EdgeSession implements CacheSession {
  close() {}
  exist = async (keys: Buffer[]) => keys.map(() => false);
  expireAt = async () => 0;
  inspect = async () => [];
  layout = async () => '';
  nodes = async () => [];
  unlink = async () => 0;
}
