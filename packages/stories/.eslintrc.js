module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  rules: {
    // a stack is started by the very code of `npm start`, which is in scripts/, outside of any
    // package
    '@backstage/no-relative-monorepo-imports': 'off',
    // these files are never built: where they are is where they run
    'no-restricted-syntax': 'off',
  },
});
