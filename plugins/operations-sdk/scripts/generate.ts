/** Writes the Lua that the Python package shares with the SDK. */
import { writeFileSync } from 'fs';
import { resolve } from 'path';
import {
  SHARED_SCRIPTS_PATH,
  sharedScriptsFile,
} from '../src/__testUtils__/sharedScripts';

writeFileSync(
  // eslint-disable-next-line no-restricted-syntax
  resolve(__dirname, '../../..', SHARED_SCRIPTS_PATH),
  sharedScriptsFile(),
);
process.stdout.write(`${SHARED_SCRIPTS_PATH}\n`);
