/**
 * Writes docs/protocol/<record>.schema.json for every record, and golden/<decisions>.json: `yarn
 * workspace @craft-easy/backstage-plugin-operations-protocol generate`.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'fs';
import { join, resolve } from 'path';
import { goldenCases } from '../src/__testUtils__/goldenCases';
import { protocolJsonSchemas } from '../src/jsonSchemas';

// eslint-disable-next-line no-restricted-syntax
const folder = resolve(__dirname, '../../../docs/protocol');
mkdirSync(folder, { recursive: true });
const schemas = Object.entries(protocolJsonSchemas());
const files = new Set(schemas.map(([name]) => `${name}.schema.json`));
for (const file of readdirSync(folder)) {
  if (file.endsWith('.schema.json') && !files.has(file)) {
    rmSync(join(folder, file));
  }
}
for (const [name, schema] of schemas) {
  writeFileSync(
    join(folder, `${name}.schema.json`),
    `${JSON.stringify(schema, null, 2)}\n`,
  );
}
process.stdout.write(`${schemas.length} schemas in docs/protocol\n`);

const cases = Object.entries(goldenCases());
for (const [name, ofFile] of cases) {
  writeFileSync(
    // eslint-disable-next-line no-restricted-syntax
    resolve(__dirname, `../golden/${name}.json`),
    `[\n${ofFile.map(one => JSON.stringify(one)).join(',\n')}\n]\n`,
  );
}
process.stdout.write(`${cases.length} files of golden cases\n`);
