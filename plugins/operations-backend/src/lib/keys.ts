import type { Config } from '@backstage/config';
import { KeyRing } from '@craft-easy/backstage-plugin-operations-protocol/signing';

/**
 * Reads a list of signing keys.
 * @param path - of the list in the config
 * @throws Error naming the entry that is not an Ed25519 key
 */
export function readKeys(config: Config, path: string): KeyRing {
  const entries = config.getOptionalConfigArray(path) ?? [];
  return KeyRing.of(
    entries.map(entry => ({
      id: entry.getString('id'),
      privateKey: entry.getOptionalString('privateKey'),
      publicKey: entry.getOptionalString('publicKey'),
    })),
    path,
  );
}
