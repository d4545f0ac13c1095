/** docs/acceptance.md and the tags in the titles of tests, compared. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inRoot } from './paths.mjs';
import { repositoryFiles } from './__testUtils__/repositoryFiles.mjs';

const PAGE = 'docs/acceptance.md';
const read = file => readFileSync(inRoot(file), 'utf8');

/** Tag → files whose tests bear it, or the commands that the page names for it. */
function bornByTitles() {
  const found = new Map();
  for (const file of repositoryFiles(/\.(test|soak)\.(tsx?|mjs)$/)) {
    for (const [, tags] of read(file).matchAll(
      /['"`]((?:\[[a-z]+\.\d+\] ?)+)/g,
    )) {
      for (const [tag] of tags.matchAll(/[a-z]+\.\d+/g)) {
        found.set(tag, (found.get(tag) ?? new Set()).add(file));
      }
    }
  }
  // a test in Python bears its tag in its name
  for (const file of repositoryFiles(/(^|\/)test_\w+\.py$/)) {
    for (const [, area, n] of read(file).matchAll(
      /def test_([a-z]+)_(\d+)_/g,
    )) {
      const tag = `${area}.${n}`;
      found.set(tag, (found.get(tag) ?? new Set()).add(file));
    }
  }
  return found;
}

function namedByPage() {
  const entries = read(PAGE)
    .split(/^- \*\*\[/m)
    .slice(1);
  return new Map(
    entries.map(entry => [
      entry.slice(0, entry.indexOf(']')),
      [...entry.matchAll(/^ {2}- `(.*)`$/gm)].map(([, shown]) => shown),
    ]),
  );
}

test('the acceptance page names each tag of a test, and where it is borne', () => {
  const titles = bornByTitles();
  const page = namedByPage();
  const faults = [];
  for (const tag of new Set([...titles.keys(), ...page.keys()])) {
    const files = [...(titles.get(tag) ?? [])].sort();
    const shown = page.get(tag);
    if (!shown) {
      faults.push(`[${tag}] is missing, borne by ${files.join(', ')}`);
      continue;
    }
    const commands = shown.filter(one => /^(npm run|node) /.test(one));
    if (files.length + commands.length === 0) {
      faults.push(`[${tag}] is borne by no test, and names no command`);
    }
    const named = shown.filter(one => !commands.includes(one)).sort();
    if (named.join() !== files.join()) {
      faults.push(`[${tag}] is borne by ${files.join(', ') || 'no test'}`);
    }
  }
  assert.deepEqual(faults, [], PAGE);
});
