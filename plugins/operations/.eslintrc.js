const config = require('@backstage/cli/config/eslint-factory')(__dirname);

/** Letters: punctuation and signs are the same in every language. */
const WORDS = '/\\p{L}/u';
const PROPS =
  '/^(alt|aria-label|button|copy|failure|helperText|keep|label|noMatch|placeholder|text|title|titleAccess)$/';
const MESSAGE =
  'The user reads this: make it a message of the messages.ts of this folder.';

/** A literal, or one within a template or a choice, as the value of something. */
const literalsIn = (parent, literal = 'Literal') => [
  `${parent} > ${literal}[value=${WORDS}]`,
  `${parent} > TemplateLiteral > TemplateElement[value.raw=${WORDS}]`,
  `${parent} > ConditionalExpression > Literal[value=${WORDS}]`,
  `${parent} > ConditionalExpression > TemplateLiteral > TemplateElement[value.raw=${WORDS}]`,
  `${parent} > LogicalExpression > Literal[value=${WORDS}]`,
  `${parent} > LogicalExpression > TemplateLiteral > TemplateElement[value.raw=${WORDS}]`,
];

/** Where a page says something. */
const LITERALS = [
  `JSXText[value=${WORDS}]`,
  `JSXAttribute[name.name=${PROPS}] > Literal[value=${WORDS}]`,
  ...literalsIn(`JSXAttribute[name.name=${PROPS}] > JSXExpressionContainer`),
  ...literalsIn('JSXElement > JSXExpressionContainer'),
  ...literalsIn('JSXFragment > JSXExpressionContainer'),
  // not the key, which may be a literal itself
  ...literalsIn(`Property[key.name=${PROPS}]`, 'Literal.value'),
  ...literalsIn(`Property[key.value=${PROPS}]`, 'Literal.value'),
].map(selector => ({ selector, message: MESSAGE }));

config.overrides.push({
  files: [
    'src/{access,approvals,attention,audit,caches,components,controls,flags,hooks,jobs,maintenance,migrations,queues,rate-limits,shell,webhooks}/**/*.{ts,tsx}',
    'src/*.{ts,tsx}',
  ],
  excludedFiles: ['**/*.test.{ts,tsx}', '**/messages.ts', '**/titles.ts'],
  rules: {
    'no-restricted-syntax': [
      ...config.rules['no-restricted-syntax'],
      ...LITERALS,
    ],
  },
});

module.exports = config;
