/** The identity provider on its own: OIDC_PORT, OIDC_CLIENT_SECRET, OIDC_REDIRECT_URI. */
import { startIdentityProvider } from './server';
import { readIdentityConfig } from './config';

const config = readIdentityConfig();
if (!config) {
  process.stderr.write(
    'OIDC_PORT, OIDC_CLIENT_SECRET and OIDC_REDIRECT_URI are needed\n',
  );
  process.exit(1);
}

startIdentityProvider(config).then(
  () => process.stdout.write(`identity provider on port ${config.port}\n`),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
