import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** A key as configuration gives it. */
export interface KeySource {
  /** Name of the key, within what it signed. */
  id: string;
  /** Ed25519 in PKCS #8: PEM, or the base64 between its lines. */
  privateKey?: string;
  /** Ed25519 in SubjectPublicKeyInfo: PEM, or the base64 between its lines. */
  publicKey?: string;
}

/** A key that verifies, and signs if it has its private part. */
export interface SigningKey {
  id: string;
  private?: KeyObject;
  public: KeyObject;
}

/** A public key, as others are given it. */
export interface PublishedKey {
  id: string;
  algorithm: 'Ed25519';
  /** PEM */
  publicKey: string;
  /** Whether it signs what is signed now. */
  signs: boolean;
}

/**
 * Keys with ids, of which the first private one signs and all verify: to rotate, put the new key in
 * front and leave the public part of the old one until all that it signed has expired.
 */
export class KeyRing {
  private readonly byId: Map<string, SigningKey>;

  constructor(private readonly keys: SigningKey[]) {
    this.byId = new Map(keys.map(key => [key.id, key]));
  }

  /**
   * @param where - the option that gives the keys, for errors
   * @throws Error naming the entry that is not an Ed25519 key
   */
  static of(sources: KeySource[], where: string): KeyRing {
    const ring = new KeyRing(
      sources.map(source => {
        try {
          return keyOf(source);
        } catch (error) {
          throw new Error(
            `${where}: ${source.id}: ${(error as Error).message}`,
          );
        }
      }),
    );
    if (ring.byId.size < sources.length) {
      throw new Error(`${where}: two keys have the same id`);
    }
    return ring;
  }

  get isEmpty(): boolean {
    return this.keys.length === 0;
  }

  /** The key that signs; absent where all only verify. */
  get signing(): (SigningKey & { private: KeyObject }) | undefined {
    const key = this.keys.find(one => one.private);
    return key as (SigningKey & { private: KeyObject }) | undefined;
  }

  find(id: string): SigningKey | undefined {
    return this.byId.get(id);
  }

  /** The public keys, for those who verify. */
  get published(): PublishedKey[] {
    const { signing } = this;
    return this.keys.map(key => ({
      id: key.id,
      algorithm: 'Ed25519',
      publicKey: key.public.export({ type: 'spki', format: 'pem' }).toString(),
      signs: key === signing,
    }));
  }
}

function keyOf({ id, privateKey, publicKey }: KeySource): SigningKey {
  if (privateKey) {
    const key = createPrivateKey(readable(privateKey, 'pkcs8'));
    assertEd25519(key);
    return { id, private: key, public: createPublicKey(key) };
  }
  if (!publicKey) throw new Error('needs a privateKey or a publicKey');
  const key = createPublicKey(readable(publicKey, 'spki'));
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
