/** What a reader may rely on in every file of the repository. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { faultsOf } from './__testUtils__/houseRules.mjs';
import { repositoryFiles } from './__testUtils__/repositoryFiles.mjs';
import { ROOT, inRoot } from './paths.mjs';

const SOURCES =
  /^(plugins|packages|python|bench|scripts|docs|[^/]+$).*(?<!\.api)\.(tsx?|mjs|js|cjs|lua|py|md|ya?ml|json)$/;
/** Where the words themselves stand. */
const LISTS = /\/house(Rules|\.test)\.mjs$/;

const RULES = {
  words: 'no replaced word in names, comments, texts and docs',
  names: 'no name that only this repository would understand',
  run: 'nothing is called "run" but a run of a job',
  comments: 'no comment wider than 100 columns',
  'prettier-ignore': 'no line of more than 120 columns kept from prettier',
};

const all = repositoryFiles(SOURCES)
  .filter(file => !LISTS.test(file))
  .flatMap(file =>
    faultsOf(file, readFileSync(inRoot(file), 'utf8')).map(fault => ({
      file: `${file}:${fault.line}`,
      rule: fault.rule,
      text: fault.what,
    })),
  );

for (const [rule, title] of Object.entries(RULES)) {
  test(`[house.1] ${title}`, () =>
    assert.deepEqual(
      all.filter(fault => fault.rule === rule),
      [],
    ));
}

test('a fault against each rule is found', () => {
  const faults = {
    words: '// the one door',
    names: 'function forgetRuns() {}',
    run: 'class Worker { run() {} }',
    comments: `// ${'x'.repeat(100)}`,
    'prettier-ignore': `// prettier-ignore\nconst x = '${'y'.repeat(120)}';`,
  };
  for (const [rule, text] of Object.entries(faults)) {
    const rules = faultsOf('planted.ts', `${text}\n`).map(one => one.rule);
    assert.deepEqual(rules, [rule]);
  }
  assert.deepEqual(faultsOf('good.ts', '// outstanding\nconst run = 1;\n'), []);
});

test('[truth.22] a button of the pages gets its looks by its rank, in one place', () => {
  const makesButtons = /\bLinkButton\b|'@material-ui\/core\/Button(Group)?'/;
  const files = repositoryFiles(/^plugins\/operations\/src\/.*\.tsx$/).filter(
    file =>
      !/\.test\.tsx$/.test(file) &&
      makesButtons.test(readFileSync(inRoot(file), 'utf8')),
  );
  assert.deepEqual(files, ['plugins/operations/src/components/buttons.tsx']);
});

test('[truth.6] a sentence of the backend has no time as machines write it', () => {
  const faults = repositoryFiles(/^plugins\/operations-backend\/src\/.*\.ts$/)
    .filter(file => !/\.test\.ts$|__testUtils__/.test(file))
    .flatMap(file =>
      readFileSync(inRoot(file), 'utf8')
        .split('\n')
        .filter(line => /[a-z] \$\{iso\(|^\s*`?\$\{iso\(.* [a-z]/.test(line))
        // a field of the API is named there, and takes what it says
        .filter(line => !line.includes('body.'))
        .map(line => `${file}: ${line.trim()}`),
    );
  assert.deepEqual(faults, []);
});

/** Where the pages are mounted unless the portal says otherwise. */
const MOUNTED = 'plugins/operations-common/src/pages/paths.ts';

/** The lines of a file that write an address of a page instead of asking for it. */
function addressesIn(text) {
  return text.split('\n').filter(
    line =>
      !/^\s*(\*|\/[/*])/.test(line) &&
      // a literal that begins with it, or a page put below the root that links.ts knows
      /['"`]\/operations\b|\$\{(links\.)?root\}\//.test(line),
  );
}

test('[portal.5] no address of a page is written by hand', () => {
  const faults = repositoryFiles(
    /^(plugins\/[^/]+|packages\/(app|backend))\/src\/.*\.tsx?$/,
  )
    .filter(file => !/\.test\.tsx?$|__testUtils__|\/dev\//.test(file))
    .filter(
      file =>
        file !== MOUNTED && !file.endsWith('operations-react/src/links.ts'),
    )
    .flatMap(file =>
      addressesIn(readFileSync(inRoot(file), 'utf8')).map(
        line => `${file}: ${line.trim()}`,
      ),
    );
  assert.deepEqual(faults, []);
});

test('[portal.5] an address that is written by hand is found', () => {
  const planted = [
    "const HREF = '/operations/jobs';",
    '  link: `/operations/jobs/${id}`,',
    '<Link to="/operations">',
    'const to = `${links.root}/jobs`;',
    'href: `${root}/audit`,',
  ];
  assert.deepEqual(addressesIn(planted.join('\n')), planted);
  const good = [
    '/** Mounted at `/operations`. */',
    "links.pageHref('jobs')",
    "'/api/operations/v1'",
  ];
  assert.deepEqual(addressesIn(good.join('\n')), []);
});

test('[house.2] no import circle, and no import against the layers', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      inRoot('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      'plugins',
      'packages',
      'bench',
    ],
    // its exit code is the number of violations
    { cwd: ROOT, maxBuffer: 2 ** 28 },
  ).catch(error => error);
  const { summary } = JSON.parse(stdout);
  assert.ok(summary.totalCruised > 500);
  const faults = summary.violations.map(
    ({ rule, from, to, cycle }) =>
      `${rule.name}: ${[from, ...(cycle?.map(({ name }) => name) ?? [to])].join(
        ' → ',
      )}`,
  );
  assert.deepEqual(faults, []);
});
