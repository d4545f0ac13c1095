/**
 * The licences of the published plugins' run-time dependencies: counts by licence, and those that
 * are not on the list of licences that are compatible with Apache-2.0.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const COMPATIBLE =
  /^(MIT|MIT-0|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|BSD|Apache-2\.0|Apache 2\.0|BlueOak-1\.0\.0|CC0-1\.0|CC-BY-3\.0|CC-BY-4\.0|Unlicense|Python-2\.0|Zlib|WTFPL|AFL-2\.1|Public Domain)$/;

/** Read in their own files, since package.json does not say: what it says there, and where. */
const READ_BY_HAND = {
  'pause@0.0.1': 'MIT', // its Readme.md, "(The MIT License)"
  'react-universal-interface@0.6.2': 'Unlicense', // its LICENSE
  'fast-shallow-equal@1.0.0': 'Unlicense', // its LICENSE
};

const read = folder =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Where Node finds a package from another one. */
function find(name, from) {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (at === root || at === dirname(at)) return undefined;
  }
}

function licenceOf({ name, version, license, licenses }) {
  const stated = [license ?? licenses ?? []].flat();
  const names = stated.map(one => (typeof one === 'string' ? one : one.type));
  return (
    names.map(one => one.replace(/^Apache2$/, 'Apache-2.0')).join(' OR ') ||
    (READ_BY_HAND[`${name}@${version}`] ?? 'none stated')
  );
}

const isFine = licence =>
  licence
    .replace(/[()]/g, '')
    .split(/ OR /i)
    .some(choice => choice.split(/ AND /i).every(l => COMPATIBLE.test(l)));

const plugins = readdirSync(join(root, 'plugins')).map(name =>
  join(root, 'plugins', name),
);
const seen = new Map();
const todo = [...plugins];
while (todo.length) {
  const folder = todo.pop();
  const manifest = read(folder);
  const key = `${manifest.name}@${manifest.version}`;
  if (seen.has(key)) continue;
  seen.set(key, licenceOf(manifest));
  for (const name of Object.keys({
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
  })) {
    const found = find(name, folder);
    if (found) todo.push(found);
  }
}
const counts = new Map();
for (const licence of seen.values()) {
  counts.set(licence, (counts.get(licence) ?? 0) + 1);
}
for (const [licence, n] of [...counts].sort((a, b) => b[1] - a[1])) {
  console.log(`${String(n).padStart(5)}  ${licence}`);
}
const others = [...seen].filter(([, licence]) => !isFine(licence));
for (const [name, licence] of others)
  console.log(`to check: ${name}: ${licence}`);
process.exitCode = others.length ? 1 : 0;
