/**
 * Writes docs/openapi.json: `yarn workspace @craft-easy/backstage-plugin-operations-backend
 * generate`.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { wholeOpenApiDocument } from '../src/lib/openapi';

// eslint-disable-next-line no-restricted-syntax
const file = resolve(__dirname, '../../../docs/openapi.json');
writeFileSync(file, `${JSON.stringify(wholeOpenApiDocument(), null, 2)}\n`);
