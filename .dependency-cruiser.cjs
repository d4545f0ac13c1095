/**
 * Which import may go where: no circles, and none against the layers (docs/architecture.md). A test
 * in scripts/lib runs it.
 */
const plugin = name => `^plugins/${name}/`;
const backend = '^plugins/operations-backend/src/';

/** Workspaces that a package must not import: all plugins but itself and these. */
const only = (name, ...allowed) => ({
  name: `${name}-imports-only-${allowed.join('-and-') || 'itself'}`,
  severity: 'error',
  from: { path: plugin(name) },
  to: {
    path: '^plugins/',
    pathNot: [name, ...allowed].map(plugin),
  },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'plugins-import-no-packages',
      comment:
        'What is published knows nothing of the portal that installs it.',
      severity: 'error',
      from: { path: '^plugins/' },
      to: { path: '^(packages|bench|scripts)/' },
    },
    {
      name: 'platform-imports-no-backstage',
      severity: 'error',
      from: { path: plugin('operations-(protocol|sdk)') },
      to: { path: 'node_modules/@backstage/' },
    },
    only('operations-protocol'),
    only('operations-sdk', 'operations-protocol'),
    only('operations-common', 'operations-protocol'),
    only('operations-node', 'operations-common', 'operations-protocol'),
    only('operations-react', 'operations-common'),
    only('operations', 'operations-common', 'operations-react'),
    only('scaffolder-backend-module-operations', 'operations-common'),
    only('search-backend-module-operations', 'operations-common'),
    {
      name: 'lib-imports-no-capability',
      severity: 'error',
      from: { path: `${backend}lib/` },
      to: { path: backend, pathNot: `${backend}(lib|permissions)/` },
    },
    {
      name: 'no-store-of-another-capability',
      comment:
        'Stores of the shared rooms (docs/architecture.md) are for every capability: `controls` holds the one store of all controls that have an end, `bulk` that of all bulk actions.',
      severity: 'error',
      from: { path: `${backend}([^/]+)/` },
      to: {
        path: `${backend}.*Store\\.ts$`,
        pathNot: `${backend}($1|lib|platform|audit|controls|bulk)/`,
      },
    },
    {
      name: 'store-imports-no-service-and-no-router',
      severity: 'error',
      from: { path: `${backend}.*Store\\.ts$` },
      to: { path: `${backend}.*(Service|[rR]outer)\\.ts$` },
    },
    {
      name: 'service-imports-no-router',
      severity: 'error',
      from: { path: `${backend}.*Service\\.ts$` },
      to: { path: `${backend}.*[rR]outer\\.ts$` },
    },
    {
      name: 'soak-checker-shares-no-code',
      comment: 'What checks the product must not share a mistake with it.',
      severity: 'error',
      from: { path: '^packages/stories/src/soak/checker/' },
      to: {
        pathNot: '^packages/stories/src/soak/checker/',
        dependencyTypesNot: ['core'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: {
      path: '(\\.test\\.|\\.eslintrc|/(__testUtils__|testUtils|dist|dist-types)/)',
    },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
