/** What a portal may have only once is a peer of the packages, and is here once itself. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { repositoryFiles } from './__testUtils__/repositoryFiles.mjs';
import { inRoot } from './paths.mjs';

const published = repositoryFiles(/^plugins\/[^/]+\/package\.json$/).map(file =>
  JSON.parse(readFileSync(inRoot(file), 'utf8')),
);
const lock = readFileSync(inRoot('yarn.lock'), 'utf8');

/** The versions of a package that a lock file installs. */
function versionsOf(name, text) {
  return text
    .split('\n\n')
    .filter(block => block.startsWith(`"${name}@npm:`))
    .map(block => /^ {2}version: (.*)$/m.exec(block)[1]);
}

/** Clients that platform code may hand to our code. Two versions of one get along. */
const CLIENTS = ['ioredis', 'knex'];

const peers = new Set(
  published
    .flatMap(({ peerDependencies }) => Object.keys(peerDependencies ?? {}))
    .filter(name => !CLIENTS.includes(name)),
);

test('each peer of a package is installed once', () => {
  assert.ok(peers.has('@backstage/frontend-plugin-api'));
  const versions = [...peers].map(name => [name, versionsOf(name, lock)]);
  assert.deepEqual(
    versions.filter(([, all]) => all.length !== 1),
    [],
  );
});

test('a second version of a package is found', () => {
  const block = (range, version) =>
    `"@backstage/x@npm:${range}":\n  version: ${version}\n`;
  assert.deepEqual(
    versionsOf(
      '@backstage/x',
      [block('^0.18.1', '0.18.1'), block('^1.0.0', '1.0.0')].join('\n'),
    ),
    ['0.18.1', '1.0.0'],
  );
});

test('docs/architecture.md names each peer, whose it is, and which are optional', () => {
  const text = readFileSync(inRoot('docs/architecture.md'), 'utf8');
  const [, table] = text.split('### What a portal has once\n');
  const rows = table
    .split(/^###? /m)[0]
    .split('\n')
    .filter(line => line.startsWith('| `'))
    .map(line => line.split('|'));
  const namesIn = cell =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  const said = rows.flatMap(([, packages, of]) => {
    const optional = packages.includes('(optional)') ? ' (optional)' : '';
    return namesIn(packages).flatMap(peer =>
      namesIn(of).map(
        name => `${name.replace('plugins/', '')}: ${peer}${optional}`,
      ),
    );
  });
  const there = published.flatMap(
    ({ name, peerDependencies, peerDependenciesMeta }) =>
      Object.keys(peerDependencies ?? {})
        .filter(peer => peers.has(peer))
        .map(peer => {
          const optional = peerDependenciesMeta?.[peer]?.optional;
          const short = name.replace('@craft-easy/backstage-plugin-', '');
          return `${short}: ${peer}${optional ? ' (optional)' : ''}`;
        }),
  );
  assert.deepEqual(said.sort(), there.sort());
});

test('what is a peer of one package is a dependency of none', () => {
  const faults = published.flatMap(({ name, dependencies }) =>
    Object.keys(dependencies ?? {})
      .filter(one => peers.has(one))
      .map(one => `${name}: ${one}`),
  );
  assert.deepEqual(faults, []);
});
