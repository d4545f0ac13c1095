import {
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import type { Config } from '@backstage/config';
import type { AuditKey } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  checkpointText,
  type AuditCheckpoint,
} from '@craft-easy/backstage-plugin-operations-common';
import { iso } from '../../lib/time';

interface Key {
  id: string;
  private?: KeyObject;
  public: KeyObject;
}

/**
 * The keys of `operations.audit.checkpoints.keys`: the first private key signs, all keys verify.
 */
export class CheckpointKeys {
  constructor(private readonly keys: Key[]) {}

  /** @throws Error naming the entry that is not an Ed25519 key */
  static fromConfig(config: Config): CheckpointKeys {
    const path = 'operations.audit.checkpoints.keys';
    const keys = (config.getOptionalConfigArray(path) ?? []).map(entry => {
      const id = entry.getString('id');
      const given = (name: string) => entry.getOptionalString(name);
      try {
        return keyOf(id, given('privateKey'), given('publicKey'));
      } catch (error) {
        throw new Error(`${path}: ${id}: ${(error as Error).message}`);
      }
    });
    if (new Set(keys.map(k => k.id)).size < keys.length) {
      throw new Error(`${path}: two keys have the same id`);
    }
    return new CheckpointKeys(keys);
  }

  /** Whether there is a key to sign with. */
  get canSign(): boolean {
    return this.signing !== undefined;
  }

  /** @throws Error if there is no key to sign with */
  sign(
    state: Pick<AuditCheckpoint, 'kind' | 'sequence' | 'hash'>,
    at: number,
  ): AuditCheckpoint {
    const key = this.signing;
    if (!key) throw new Error('There is no key to sign checkpoints with');
    const unsigned = {
      v: 1 as const,
      ...state,
      at: iso(at),
      keyId: key.id,
    };
    const text = Buffer.from(checkpointText(unsigned));
    const signature = sign(null, text, key.private!).toString('base64url');
    return { ...unsigned, signature };
  }

  verify(checkpoint: AuditCheckpoint): 'good' | 'bad' | 'unknown key' {
    const key = this.keys.find(k => k.id === checkpoint.keyId);
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
    return this.keys.map(key => ({
      id: key.id,
      algorithm: 'Ed25519',
      publicKey: key.public.export({ type: 'spki', format: 'pem' }).toString(),
      signs: key === this.signing,
    }));
  }

  private get signing(): Key | undefined {
    return this.keys.find(key => key.private);
  }
}

function keyOf(
  id: string,
  privateText: string | undefined,
  publicText: string | undefined,
): Key {
  if (privateText) {
    const key = createPrivateKey(readable(privateText, 'pkcs8'));
    assertEd25519(key);
    return { id, private: key, public: createPublicKey(key) };
  }
  if (!publicText) throw new Error('needs a privateKey or a publicKey');
  const key = createPublicKey(readable(publicText, 'spki'));
  assertEd25519(key);
  return { id, public: key };
}

/** Accepts PEM, or the base64 between its lines, which suits an environment variable better. */
function readable<T extends 'pkcs8' | 'spki'>(text: string, type: T) {
  if (text.includes('-----BEGIN')) return text.replace(/\\n/g, '\n');
  return {
    key: Buffer.from(text, 'base64'),
    format: 'der' as const,
    type,
  };
}

function assertEd25519(key: KeyObject): void {
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new Error(`is of type ${key.asymmetricKeyType}, not Ed25519`);
  }
}
