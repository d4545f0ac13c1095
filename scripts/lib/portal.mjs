/** How the processes of a portal are started; `npm start` and the browser stories share it. */
import { createHmac, createPrivateKey, createPublicKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { inRoot } from './paths.mjs';

const TRANSFORM = inRoot(
  'node_modules/@backstage/cli-node/config/nodeTransform.cjs',
);

/** Where the backend says that all its plugins have started. */
export const READINESS = '/.backstage/health/v1/readiness';

/** The portal's migrations: upgrades begin with the first. */
export const MIGRATIONS = inRoot('plugins/operations-backend/migrations');

/**
 * Environment of both the backend and the demo platform.
 * @param {{
 *   portalPort: number,
 *   oidcPort: number,
 *   redisUrl: string,
 *   dataDir: string,
 *   oidcClientSecret: string,
 *   sessionSecret: string,
 *   auditSigningKey: string,
 *   requestSigningKey: string,
 *   frontendUrl?: string,
 * }} options
 */
export function portalEnv(options) {
  const portalUrl = `http://localhost:${options.portalPort}`;
  return {
    NODE_ENV: 'development',
    // a second start of a process takes two seconds less: what was compiled is kept, by content
    NODE_COMPILE_CACHE: inRoot('.run/compile-cache'),
    PORTAL_URL: portalUrl,
    PORTAL_FRONTEND_URL: options.frontendUrl ?? portalUrl,
    PORTAL_PORT: String(options.portalPort),
    PORTAL_DATA_DIR: options.dataDir,
    REDIS_URL: options.redisUrl,
    OIDC_PORT: String(options.oidcPort),
    OIDC_METADATA_URL: `http://localhost:${options.oidcPort}/.well-known/openid-configuration`,
    OIDC_REDIRECT_URI: `${portalUrl}/api/auth/oidc/handler/frame`,
    OIDC_CLIENT_SECRET: options.oidcClientSecret,
    AUTH_SESSION_SECRET: options.sessionSecret,
    AUDIT_SIGNING_KEY: options.auditSigningKey,
    REQUEST_SIGNING_KEY: options.requestSigningKey,
    // for the platform: by its own configuration, as in production
    REQUEST_KEYS: JSON.stringify([
      { id: 'demo', publicKey: publicKeyOf(options.requestSigningKey) },
    ]),
    // the platform's service token: follows from a secret that is there already
    PLATFORM_REPORT_TOKEN: createHmac('sha256', options.sessionSecret)
      .update('platform-report')
      .digest('hex'),
    PLATFORM_CHECKIN_TOKEN: createHmac('sha256', options.sessionSecret)
      .update('platform-checkin')
      .digest('hex'),
  };
}

/** @param {string} privateKey - base64 of PKCS #8 */
function publicKeyOf(privateKey) {
  const key = Buffer.from(privateKey, 'base64');
  return createPublicKey(
    createPrivateKey({ key, format: 'der', type: 'pkcs8' }),
  )
    .export({ type: 'spki', format: 'der' })
    .toString('base64');
}

/** Config files of the demo portal, the later over the earlier. */
export const DEMO_CONFIG = ['app-config.yaml', 'app-config.demo.yaml'];

/**
 * Command line of a TypeScript entry point, run as it is. The process ends with its parent.
 * @param {string} folder - as in `packages/backend`
 * @param {string} entry - below it
 * @param {string[]} [args]
 */
export function typescript(folder, entry, args = []) {
  return {
    command: process.execPath,
    args: [
      '--import',
      inRoot('scripts/lib/endWithParent.mjs'),
      '--enable-source-maps',
      '--require',
      TRANSFORM,
      entry,
      ...args,
    ],
    cwd: inRoot(folder),
  };
}

/** @param {string[]} [moreConfig] - paths of further config files */
export function backendCommand(moreConfig = []) {
  const config = [...DEMO_CONFIG.map(file => inRoot(file)), ...moreConfig];
  return typescript(
    'packages/backend',
    'src/index.ts',
    config.flatMap(file => ['--config', file]),
  );
}

export function demoCommand() {
  return typescript('packages/demo-platform', 'src/main.ts');
}

export const DEMO_READY = /demo platform ready/;

export function hasDemo() {
  return existsSync(inRoot('packages/demo-platform/src/main.ts'));
}
