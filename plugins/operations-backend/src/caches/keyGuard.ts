import type { KeyRules } from '@craft-easy/backstage-plugin-operations-common';

/**
 * The last check, on the bytes of every key, whatever the pattern: true if the key may be removed.
 */
export function createKeyGuard(rules: KeyRules): (key: Buffer) => boolean {
  const allowed = rules.allowedPrefixes.map(p => Buffer.from(p));
  const guarded = rules.protectedPrefixes.map(p => Buffer.from(p.prefix));
  return key =>
    !guarded.some(prefix => beginsWith(key, prefix)) &&
    (allowed.length === 0 || allowed.some(prefix => beginsWith(key, prefix)));
}

function beginsWith(key: Buffer, prefix: Buffer): boolean {
  return (
    key.length >= prefix.length &&
    key.compare(prefix, 0, prefix.length, 0, prefix.length) === 0
  );
}
