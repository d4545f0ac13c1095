import { sign, verify } from 'node:crypto';
import type { Config } from '@backstage/config';
import type { AuditKey } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  checkpointText,
  type AuditCheckpoint,
} from '@craft-easy/backstage-plugin-operations-common';
import type { KeyRing } from '@craft-easy/backstage-plugin-operations-protocol/signing';
import { readKeys } from '../../lib/keys';
import { iso } from '../../lib/time';

/**
 * The keys of `operations.audit.checkpoints.keys`: the first private key signs, all keys verify.
 */
export class CheckpointKeys {
  constructor(private readonly keys: KeyRing) {}

  /** @throws Error naming the entry that is not an Ed25519 key */
  static fromConfig(config: Config): CheckpointKeys {
    return new CheckpointKeys(
      readKeys(config, 'operations.audit.checkpoints.keys'),
    );
  }

  /** Whether there is a key to sign with. */
  get canSign(): boolean {
    return this.keys.signing !== undefined;
  }

  /** @throws Error if there is no key to sign with */
  sign(
    state: Pick<AuditCheckpoint, 'kind' | 'sequence' | 'hash'>,
    at: number,
  ): AuditCheckpoint {
    const key = this.keys.signing;
    if (!key) throw new Error('There is no key to sign checkpoints with');
    const unsigned = {
      v: 1 as const,
      ...state,
      at: iso(at),
      keyId: key.id,
    };
    const text = Buffer.from(checkpointText(unsigned));
    const signature = sign(null, text, key.private).toString('base64url');
    return { ...unsigned, signature };
  }

  verify(checkpoint: AuditCheckpoint): 'good' | 'bad' | 'unknown key' {
    const key = this.keys.find(checkpoint.keyId);
    if (!key) return 'unknown key';
    const good = verify(
      null,
      Buffer.from(checkpointText(checkpoint)),
      key.public,
      Buffer.from(checkpoint.signature, 'base64url'),
    );
    return good ? 'good' : 'bad';
  }

  /** The public keys with which others verify checkpoints. */
  get published(): AuditKey[] {
    return this.keys.published;
  }
}
