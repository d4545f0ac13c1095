/**
 * The lint rules for what the pages of Operations say: in messages, and where it is heard; and for
 * what the backend says there.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { inRoot } from './paths.mjs';

const COMPONENT = {
  of: 'plugins/operations',
  file: 'src/jobs/Planted.tsx',
  rule: 'The user reads this',
};
const SERVICE = {
  of: 'plugins/operations-backend',
  file: 'src/jobs/Planted.ts',
  rule: 'A page may show this',
};

/** Which of the lines of a file a rule finds fault with, by what is on them. */
function foundIn(lines, { of, file, rule } = COMPONENT) {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      inRoot('node_modules/eslint/bin/eslint.js'),
      ...['--stdin', '--stdin-filename', file],
      ...['--format', 'json'],
    ],
    {
      cwd: inRoot(of),
      input: lines.join('\n'),
      encoding: 'utf8',
    },
  );
  assert.notEqual(stdout, '', stderr);
  const [{ messages }] = JSON.parse(stdout);
  const found = messages
    .filter(({ message }) => message.startsWith(rule))
    .map(({ line }) => lines[line - 1]);
  return [...new Set(found)];
}

const SAID = [
  '<p>Nothing here</p>',
  "<p>{'Nothing here'}</p>",
  "<p>{props.n > 1 && 'Nothing here'}</p>",
  "<p>{props.n > 1 ? t('jobs') : props.n > 0 ? `${props.n} job` : null}</p>",
  '<>Nothing here</>',
  '<button aria-label="Run the job" />',
  '<button title={`Run ${props.n}`} />',
  "<input placeholder={props.n ? 'Job' : undefined} />",
  '<Field label="Job" helperText="Such as x" />',
  '<Field problem="A whole number" />',
  '<Field empty="No jobs" />',
  '<Table columns={[{ title: "Job" }]} />',
  "<Table columns={[{ 'aria-label': 'Job' }]} />",
  "<Field {...{ label: props.n ? 'Job' : 'Jobs' }} />",
];

const NOT_SAID = [
  '<p>{t("jobs.title")} · {props.n} %</p>',
  '<button aria-label={t("run", { n: props.n })} type="button" />',
  '<Field label={t(props.n ? "one" : "other")} variant="outlined" />',
  '<Table columns={[{ title: t("job"), field: "job" }]} />',
  '<p className="wide" role="status">→</p>',
];

const elements = lines => lines.map((line, i) => `const e${i} = ${line};`);

test('[portal.6] lint finds every place where a page would say something that is no message', () => {
  const lines = [
    ...elements(SAID),
    "function Planted({ label = 'Job' }) { return label; }",
    "document.title = 'Jobs';",
  ];
  assert.deepEqual(foundIn(lines), lines);
});

test('[portal.6] lint lets messages, names of code and signs be', () => {
  assert.deepEqual(foundIn(elements(NOT_SAID)), []);
});

test('[portal.8] lint finds a name that screen readers do not say, since its element has no role', () => {
  const withoutRole = elements([
    '<div aria-label={t("preview")} />',
    '<pre tabIndex={0} aria-label={t("payload")} />',
    '<span aria-labelledby="title" />',
  ]);
  const withRole = elements([
    '<div role="group" aria-label={t("preview")} />',
    '<section aria-label={t("preview")} />',
    '<Chip aria-label={t("preview")} />',
    '<div {...props} aria-label={t("preview")} />',
  ]);
  assert.deepEqual(
    foundIn([...withoutRole, ...withRole], {
      ...COMPONENT,
      rule: 'A name needs',
    }),
    withoutRole,
  );
});

test('[portal.6] lint finds an error of a route that says something without a code', () => {
  const withoutCode = [
    "const e0 = new ConflictError('There is no run');",
    'const e1 = new NotFoundError(`There is no run ${id}`);',
    "const e2 = refusal(ConflictError, 'There is no run');",
    "const e3 = refused('state', `It is ${state}`);",
  ];
  const withCode = [
    "const e4 = refusal(ConflictError, sentence('run-missing', { run }));",
    "const e5 = refused('state', sentence('run-succeeded'));",
  ];
  assert.deepEqual(
    foundIn([...withoutCode, ...withCode], SERVICE),
    withoutCode,
  );
});
