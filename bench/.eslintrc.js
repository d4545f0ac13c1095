module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  rules: {
    // benchmarks measure parts of the plugins that nobody else may import
    '@backstage/no-relative-monorepo-imports': 'off',
    'no-restricted-imports': 'off',
    // these files are never built: where they are is where they run
    'no-restricted-syntax': 'off',
  },
});
