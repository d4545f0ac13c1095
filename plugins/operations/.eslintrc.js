const config = require('@backstage/cli/config/eslint-factory')(__dirname);

/** Letters: punctuation and signs are the same in every language. */
const WORDS = '/\\p{L}/u';
/** Props and properties that say something, wherever they are. */
const SAID =
  'alt|aria-description|aria-label|aria-roledescription|aria-valuetext|aside|button|caption|copy|' +
  'emptyPast|failure|help|helperText|hint|keep|label|noMatch|pastSection|placeholder|problem|' +
  'subheader|subtitle|text|title|titleAccess|tooltip|why';
const PROPERTIES = `/^(${SAID})$/`;
/** And those whose names mean something else outside of JSX. */
const PROPS = `/^(${SAID}|description|empty|meaning|message|of|primary|reason|secondary|subject|word)$/`;
const MESSAGE =
  'The user reads this: make it a message of the messages.ts of this folder, in every language.';

const CHOICES = ':matches(ConditionalExpression, LogicalExpression)';

/** A literal, or one within a template or a choice; `field` is its place in its parent. */
const literalsIn = (parent, field = '') => [
  `${parent} > Literal${field}[value=${WORDS}]`,
  `${parent} > TemplateLiteral${field} > TemplateElement[value.raw=${WORDS}]`,
  ...[`${CHOICES}${field}`, `${CHOICES}${field} > ${CHOICES}`].flatMap(
    choice => [
      `${parent} > ${choice} > Literal[value=${WORDS}]`,
      `${parent} > ${choice} > TemplateLiteral > TemplateElement[value.raw=${WORDS}]`,
    ],
  ),
];

/** Where a page says something. */
const LITERALS = [
  `JSXText[value=${WORDS}]`,
  `JSXAttribute[name.name=${PROPS}] > Literal[value=${WORDS}]`,
  ...literalsIn(`JSXAttribute[name.name=${PROPS}] > JSXExpressionContainer`),
  ...literalsIn('JSXElement > JSXExpressionContainer'),
  ...literalsIn('JSXFragment > JSXExpressionContainer'),
  ...literalsIn(`Property[key.name=${PROPERTIES}]`, '.value'),
  ...literalsIn(`Property[key.value=${PROPERTIES}]`, '.value'),
  // what a part says where nothing is given
  ...literalsIn(`AssignmentPattern[left.name=${PROPERTIES}]`, '.right'),
  ...literalsIn('AssignmentExpression[left.property.name="title"]', '.right'),
].map(selector => ({ selector, message: MESSAGE }));

/** Elements without a role, whose name a screen reader does not say. */
const NAMELESS = {
  selector:
    'JSXOpeningElement[name.name=/^(b|code|div|em|i|p|pre|small|span|strong)$/]' +
    ':has(> JSXAttribute[name.name=/^aria-label(ledby)?$/])' +
    ':not(:has(> JSXAttribute[name.name="role"])):not(:has(> JSXSpreadAttribute))',
  message: 'A name needs a role: `role="group"`, or another element.',
};

config.overrides.push({
  files: ['src/**/*.{ts,tsx}'],
  excludedFiles: [
    '**/*.test.{ts,tsx}',
    '**/__testUtils__/**',
    '**/messages.ts',
    '**/messages.sv.ts',
    '**/cronSwedish.ts',
    '**/titles.ts',
    // colours
    '**/tones.ts',
  ],
  rules: {
    'no-restricted-syntax': [
      'error',
      ...config.rules['no-restricted-syntax'].slice(1),
      ...LITERALS,
      NAMELESS,
    ],
  },
});

module.exports = config;
