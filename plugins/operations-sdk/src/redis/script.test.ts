import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  SHARED_SCRIPTS_PATH,
  sharedScriptsFile,
} from '../__testUtils__/sharedScripts';

it('the Python package has the same Lua (yarn workspace @craft-easy/operations-sdk generate)', () => {
  const file = resolve(__dirname, '../../../..', SHARED_SCRIPTS_PATH);
  expect(readFileSync(file, 'utf8')).toBe(sharedScriptsFile());
});
