/**
 * Stories run whole stacks and a browser: plain Node tests, each file with a stack of its own,
 * transformed as Backstage transforms its own. Not part of `backstage-cli repo test` (this
 * package has no "test" script there): see scripts/test.mjs.
 */
const transform = require.resolve('@backstage/cli/config/jestSwcTransform');

const swc = syntax => [
  transform,
  {
    module: { ignoreDynamic: true, exportInteropAnnotation: true },
    jsc: { parser: { syntax } },
  },
];

module.exports = {
  rootDir: 'src',
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: {
    '\\.ts$': swc('typescript'),
    '\\.(mjs|js)$': swc('ecmascript'),
  },
  transformIgnorePatterns: ['/node_modules/'],
  // starting a stack takes its time on a busy machine of two cores
  testTimeout: 240_000,
};
