import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { wholeOpenApiDocument } from './openapi';

const FILE = resolve(
  require.resolve('../../package.json'),
  '../../../docs/openapi.json',
);

describe('docs/openapi.json', () => {
  it('[house.3] is the API as it is declared (yarn workspace @craft-easy/backstage-plugin-operations-backend generate)', () => {
    const declared = JSON.parse(JSON.stringify(wholeOpenApiDocument()));
    expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(declared);
  });
});
