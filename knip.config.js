/**
 * What nothing imports, and what is imported without being declared.
 * A pattern with `!` holds in production too, where only what is published counts.
 */
const NOT_PUBLISHED = [
  '!**/*.test.{ts,tsx}!',
  '!**/__testUtils__/**!',
  '!src/setupTests.ts!',
  '!dev/**!',
];

const plugin = { project: ['src/**/*.{ts,tsx}!', ...NOT_PUBLISHED] };

export default {
  // two names for one schema are two bodies that happen to be alike
  exclude: ['duplicates'],
  // a type in the signature of an exported function
  ignoreExportsUsedInFile: { interface: true, type: true },
  // started by their path, where they are at all
  ignoreBinaries: [
    'taskset',
    'mount',
    'umount',
    'prlimit',
    'dash',
    'unshare',
    'systemd-analyze',
  ],
  workspaces: {
    '.': {
      // the second is loaded before processes, by its path
      entry: ['scripts/*.mjs', 'scripts/lib/endWithParent.mjs'],
      project: ['scripts/**/*.mjs'],
      ignoreDependencies: [
        // programs that the gates start by their path, and what those need beside them
        '@backstage/cli-defaults',
        '@backstage/repo-tools',
        '@microsoft/.+',
        'dependency-cruiser',
        // tsconfig.node-22.json
        'types-node-22',
      ],
    },
    bench: {
      entry: ['src/*.ts'],
      project: ['src/**/*.ts'],
    },
    'packages/app': {
      entry: ['src/index.tsx', 'src/setupTests.ts'],
      project: ['src/**/*.{ts,tsx}'],
    },
    'packages/backend': {
      // what a reader of the documents has: code blocks import it
      entry: ['src/__testUtils__/reader/*.ts'],
      project: ['src/**/*.ts'],
      // named in the configuration: the database, and the folder of the frontend
      ignoreDependencies: ['app', 'pg'],
    },
    'packages/demo-platform': {
      entry: ['src/{main,mail,seed,worker}.ts'],
      project: ['src/**/*.ts'],
    },
    'packages/operations-run': {
      entry: ['src/**/*.test.ts'],
      project: ['src/**/*.ts'],
    },
    'packages/stories': {
      entry: [
        'src/**/*.{test,soak,walk,pictures}.ts',
        'src/*Worker.ts',
        'src/soak/platform/*.{ts,cjs}',
      ],
      project: ['src/**/*.{ts,cjs}'],
    },
    'plugins/*': plugin,
    'plugins/operations': {
      ...plugin,
      entry: ['src/setupTests.ts', 'dev/index.tsx'],
    },
    'plugins/operations-backend': {
      ...plugin,
      entry: [
        'dev/index.ts',
        'migrations/*.js!',
        'src/caches/__testUtils__/replica.ts',
      ],
      // knex loads it, by the name of its client
      ignoreDependencies: ['pg'],
    },
    'plugins/operations-sdk': {
      ...plugin,
      entry: ['scripts/*.ts'],
    },
    'plugins/operations-protocol': {
      ...plugin,
      entry: ['scripts/*.ts'],
    },
  },
};
