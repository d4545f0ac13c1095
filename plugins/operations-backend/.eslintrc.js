const config = require('@backstage/cli/config/eslint-factory')(__dirname);

const ERRORS =
  '/^(ConflictError|InputError|MalformedRequestError|NotAllowedError|NotFoundError|ServiceUnavailableError)$/';
const MESSAGE =
  'A page may show this: throw refusal(…, sentence(…)), which pages word in the language of their reader.';

config.overrides.push({
  files: ['src/**/*.ts'],
  excludedFiles: [
    '**/*.test.ts',
    '**/__testUtils__/**',
    // configuration, which whoever runs the portal reads in its log
    '**/badges/Badges.ts',
    '**/flags/configFlags.ts',
    // answers to programs: pipelines, flag providers, services that report
    '**/flags/ofrep/**',
    '**/migrations/MigrationsService.ts',
    '**/webhooks/IntakeService.ts',
  ],
  rules: {
    'no-restricted-syntax': [
      'error',
      ...config.rules['no-restricted-syntax'].slice(1),
      { selector: `NewExpression[callee.name=${ERRORS}]`, message: MESSAGE },
      {
        selector:
          'CallExpression[callee.name=/^(refusal|refused)$/] > :matches(Literal, TemplateLiteral):nth-child(2)',
        message: MESSAGE,
      },
    ],
  },
});

module.exports = config;
