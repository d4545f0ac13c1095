/** What `npm run foreign-portals` looks for is found where it is planted. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { backendFeatures } from './foreign/make.mjs';
import { secondCopies, unmetPeers } from './foreign/peers.mjs';
import { codeBlock } from './foreign/readme.mjs';
import { lowestAsked } from './foreign/release.mjs';
import { inRoot } from './paths.mjs';

test('[portal.1] a second copy of what a portal has once is found', () => {
  const entry = (resolution, ...folders) =>
    `"${resolution}":\n  locations:\n${folders
      .map(folder => `    - "${folder}"\n`)
      .join('')}`;
  const once = entry('react@npm:18.3.1', 'node_modules/react');
  const again = entry(
    '@backstage/frontend-plugin-api@virtual:1f#npm:0.18.1',
    'node_modules/@backstage/frontend-plugin-api',
    'node_modules/a/node_modules/@backstage/frontend-plugin-api',
  );
  const names = ['react', '@backstage/frontend-plugin-api'];
  const both = `${once}\n${again}`;
  assert.deepEqual(secondCopies(once, '', names), []);
  assert.match(
    secondCopies(both, '', names).join(),
    /^@backstage\/frontend-plugin-api is there twice: [^ ]+, [^ ]+$/,
  );
  // the portal's own affair
  const two = ['0.18.1', '1.0.0'].map(
    version =>
      `"x":\n  resolution: "@backstage/frontend-plugin-api@npm:${version}"\n`,
  );
  assert.deepEqual(secondCopies(both, two.join('\n'), names), []);
});

test('[portal.1] a peer of ours that a portal does not have is found', () => {
  const line = (mark, to) =>
    `p1a2b3c → ${mark} app@workspace:packages/app ${to}`;
  const faults = unmetPeers(
    [
      line('✓', 'provides react to @craft-easy/backstage-plugin-operations'),
      line('✘', "doesn't provide jest to @backstage/cli"),
      line('✘', "doesn't provide x to @craft-easy/backstage-plugin-operations"),
    ].join('\n'),
  );
  assert.equal(faults.length, 1);
  assert.match(faults[0], /provide x to/);
});

test('[portal.1] a release is the lowest that its packages ask for', () => {
  const lock = `
"@backstage/a@npm:^1.2.0":
  version: 1.4.0
  dependencies:
    "@backstage/types": "npm:^1.2.10"
    zod: "npm:^4.0.0"
  checksum: 1

"b@npm:^1.0.0":
  version: 1.0.0
  dependencies:
    "@backstage/types": "npm:^1.2.9"
  languageName: node
`;
  assert.deepEqual([...lowestAsked(lock)], [['@backstage/types', '1.2.9']]);
});

test('[portal.1] a portal has each package of ours that adds to a backend, once', () => {
  const added = backendFeatures().map(
    statement => statement.match(/'@craft-easy\/backstage-plugin-(.*)'/)[1],
  );
  const there = readdirSync(inRoot('plugins')).filter(name =>
    /-backend(-module-|$)/.test(name),
  );
  assert.deepEqual(added.sort(), there.sort());
});

test('[portal.1] a block that README no longer has is missed', () => {
  assert.match(codeBlock('README.md', '# app-config.yaml'), /REDIS_URL/);
  assert.throws(
    () => codeBlock('README.md', '# app-config.toml'),
    /README.md has 0 code blocks with # app-config.toml/,
  );
});
