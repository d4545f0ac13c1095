import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Secrets of one portal.
 * @returns {{
 *   oidcClientSecret: string,
 *   sessionSecret: string,
 *   auditSigningKey: string,
 *   requestSigningKey: string,
 * }}
 */
export function makeSecrets() {
  return {
    oidcClientSecret: randomBytes(32).toString('hex'),
    sessionSecret: randomBytes(32).toString('hex'),
    auditSigningKey: makeSigningKey(),
    requestSigningKey: makeSigningKey(),
  };
}

function makeSigningKey() {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
}

/**
 * The secrets of one portal, made at its first start and kept beside its data: people stay signed
 * in over a restart, and old signatures can still be verified.
 */
export function readOrMakeSecrets(file) {
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  // an older portal had fewer
  const secrets = { ...makeSecrets(), ...kept };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}
