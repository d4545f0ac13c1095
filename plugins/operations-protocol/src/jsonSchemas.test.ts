import { readdirSync, readFileSync } from 'fs';
import { resolve } from 'path';
import { protocolJsonSchemas } from './jsonSchemas';

const FOLDER = resolve(
  require.resolve('../package.json'),
  '../../../docs/protocol',
);

describe('docs/protocol', () => {
  it('holds the JSON Schema of every record, as the code has it (yarn workspace @craft-easy/backstage-plugin-operations-protocol generate)', () => {
    const committed = Object.fromEntries(
      readdirSync(FOLDER)
        .filter(file => file.endsWith('.schema.json'))
        .map(file => [
          file.replace(/\.schema\.json$/, ''),
          JSON.parse(readFileSync(resolve(FOLDER, file), 'utf8')),
        ]),
    );
    expect(committed).toEqual(
      JSON.parse(JSON.stringify(protocolJsonSchemas())),
    );
  });
});
