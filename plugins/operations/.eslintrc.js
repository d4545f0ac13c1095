const config = require('@backstage/cli/config/eslint-factory')(__dirname);

/** Letters: punctuation and signs are the same in every language. */
const WORDS = '/\\p{L}/u';
const PROPS =
  '/^(alt|aria-label|button|copy|failure|helperText|keep|label|noMatch|placeholder|text|title|titleAccess)$/';
const MESSAGE =
  'The user reads this: make it a message of the messages.ts of this folder.';

/** A literal, or one within a template or a choice; `field` is its place in its parent. */
const literalsIn = (parent, field = '') => [
  `${parent} > Literal${field}[value=${WORDS}]`,
  `${parent} > TemplateLiteral${field} > TemplateElement[value.raw=${WORDS}]`,
  ...['ConditionalExpression', 'LogicalExpression'].flatMap(choice => [
    `${parent} > ${choice}${field} > Literal[value=${WORDS}]`,
    `${parent} > ${choice}${field} > TemplateLiteral > TemplateElement[value.raw=${WORDS}]`,
  ]),
];

/** Where a page says something. */
const LITERALS = [
  `JSXText[value=${WORDS}]`,
  `JSXAttribute[name.name=${PROPS}] > Literal[value=${WORDS}]`,
  ...literalsIn(`JSXAttribute[name.name=${PROPS}] > JSXExpressionContainer`),
  ...literalsIn('JSXElement > JSXExpressionContainer'),
  ...literalsIn('JSXFragment > JSXExpressionContainer'),
  ...literalsIn(`Property[key.name=${PROPS}]`, '.value'),
  ...literalsIn(`Property[key.value=${PROPS}]`, '.value'),
].map(selector => ({ selector, message: MESSAGE }));

config.overrides.push({
  files: ['src/**/*.{ts,tsx}'],
  excludedFiles: [
    '**/*.test.{ts,tsx}',
    '**/__testUtils__/**',
    '**/messages.ts',
    '**/titles.ts',
    // colours
    '**/tones.ts',
  ],
  rules: {
    'no-restricted-syntax': [
      'error',
      ...config.rules['no-restricted-syntax'].slice(1),
      ...LITERALS,
    ],
  },
});

module.exports = config;
