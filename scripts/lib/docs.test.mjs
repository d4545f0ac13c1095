/** What the documents name is there, and they are all in the navigation of TechDocs. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { repositoryFiles } from './__testUtils__/repositoryFiles.mjs';
import { ROOT, inRoot } from './paths.mjs';

/** How documents link to what TechDocs does not show. */
const IN_REPOSITORY =
  /^https:\/\/github\.com\/craft-easy\/backstage-operations\/(?:blob|tree)\/main\//;

const documents = repositoryFiles(/\.md$/).filter(
  file => !/(\.api\.md|CHANGELOG\.md)$/.test(file),
);
const read = file => readFileSync(inRoot(file), 'utf8');

const CODE = /^```[^]*?^```$/gm;
/** Without code blocks, which name files of other people. */
const textOf = file => readFileSync(file, 'utf8').replace(CODE, '');

/** What a heading is called in the address of a link. */
const anchorOf = heading =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

test('links between documents lead somewhere', () => {
  const faults = [];
  for (const document of documents) {
    const links = textOf(inRoot(document)).matchAll(/\]\(([^)\s]+)\)/g);
    for (const [, link] of links) {
      const fromRoot = IN_REPOSITORY.test(link);
      if (!fromRoot && /^([a-z]+:|\/)/.test(link)) continue;
      const [path, anchor] = link.replace(IN_REPOSITORY, '').split('#');
      const folder = fromRoot ? '.' : dirname(document);
      const target = path ? resolve(ROOT, folder, path) : inRoot(document);
      if (!existsSync(target)) faults.push(`${document}: ${link}`);
      else if (anchor && target.endsWith('.md')) {
        const headings = textOf(target).matchAll(/^#+ (.*)$/gm);
        const anchors = [...headings].map(([, text]) => anchorOf(text));
        if (!anchors.includes(anchor)) faults.push(`${document}: ${link}`);
      }
    }
  }
  assert.deepEqual(faults, []);
});

test('what TechDocs shows links to nothing beside it by a relative path', () => {
  const faults = documents
    .filter(document => document.startsWith('docs/'))
    .flatMap(document =>
      [...textOf(inRoot(document)).matchAll(/\]\(((?![a-z]+:|\/|#)[^)\s]+)\)/g)]
        .map(([, link]) => link)
        .filter(link => !join(dirname(document), link).startsWith('docs/'))
        .map(link => `${document}: ${link}`),
    );
  assert.deepEqual(faults, []);
});

test('[house.7] the documents name only files and folders that are there', () => {
  const faults = [];
  for (const document of documents) {
    for (const [, name] of textOf(inRoot(document)).matchAll(/`([^`\n]+)`/g)) {
      if (!/^[\w@.-]+(\/[\w@.-]+)+\/?$/.test(name)) continue;
      const places = /^(plugins|packages|scripts|docs|bench)\//.test(name)
        ? [name]
        : /^(operations|(catalog|scaffolder|search)-backend-module)[\w-]*\/src\//.test(
            name,
          )
        ? [join('plugins', name)]
        : [];
      for (const place of places) {
        if (!existsSync(inRoot(place))) faults.push(`${document}: ${name}`);
      }
    }
  }
  assert.deepEqual(faults, []);
});

/** Files that a folder's README names as its own, and that are neither beside it nor below. */
function missingBeside(readme, text, files) {
  const folder = readme.slice(0, -'README.md'.length);
  const own = files.filter(file => file.startsWith(folder));
  return [...text.matchAll(/`([\w.-]+\.(?:[cm]?js|tsx?|py|lua))`/g)]
    .map(([, name]) => name)
    .filter(name => !own.some(file => `/${file}`.endsWith(`/${name}`)));
}

test('[house.7] the README of a folder names only files that are in it', () => {
  const files = repositoryFiles(/\.([cm]?js|tsx?|py|lua)$/);
  const faults = documents
    .filter(document => /(^|\/)README\.md$/.test(document))
    .flatMap(document =>
      missingBeside(document, textOf(inRoot(document)), files).map(
        name => `${document}: ${name}`,
      ),
    );
  assert.deepEqual(faults, []);
});

test('[house.7] a file that is gone from a folder is found in its README', () => {
  const files = ['a/lib/caller.ts', 'a/lib/deep/sql.ts', 'a/hrefs.ts'];
  const text = '`caller.ts` asks `sql.ts`, and `hrefs.ts` says where. `GET /x`';
  assert.deepEqual(missingBeside('a/lib/README.md', text, files), ['hrefs.ts']);
});

test('[portal.4] the documents say which pages are always there', () => {
  const names = (file, list) =>
    [
      ...read(file)
        .split(list)[1]
        .split(/^\]/m)[0]
        .matchAll(/'([\w-]+)',$/gm),
    ].map(([, name]) => name);
  const optional = names(
    'plugins/operations-common/src/access/index.ts',
    'OPTIONAL_PAGES = [',
  );
  const always = names(
    'plugins/operations/src/shell/capabilities.ts',
    'capabilities: Capability[] = [',
  ).filter(name => !optional.includes(name));
  const [, said] = read('docs/customizing.md').match(
    /^(.*) are always there, for whoever may read them\.$/m,
  );
  assert.deepEqual(said.toLowerCase().split(/, | and /), always);
});

const published = repositoryFiles(/^plugins\/[^/]+\/package\.json$/).map(
  file => ({ ...JSON.parse(read(file)), folder: dirname(file) }),
);

test('each package has a README, a CHANGELOG of its version and the LICENSE', () => {
  for (const { name, version, folder } of published) {
    const changes = read(join(folder, 'CHANGELOG.md'));
    assert.ok(read(join(folder, 'README.md')).startsWith(`# ${name}\n`), name);
    assert.ok(changes.startsWith(`# ${name}\n\n## ${version}\n`), name);
    assert.equal(read(join(folder, 'LICENSE')), read('LICENSE'), name);
  }
});

test('what documents import from the packages is exported by them', () => {
  const folders = new Map(published.map(({ name, folder }) => [name, folder]));
  const faults = [];
  for (const document of documents) {
    const blocks = read(document).match(CODE) ?? [];
    const imports = blocks
      .join('\n')
      .matchAll(
        /\bimport\b\s*(?:type )?([^;'()]*?)(?: from )?\(?\s*'(@craft-easy\/[\w-]+)(?:\/([\w-]+))?'/g,
      );
    for (const [, names, name, part] of imports) {
      const report = `report${part ? `-${part}` : ''}.api.md`;
      const file = join(folders.get(name) ?? name, report);
      const api = existsSync(inRoot(file)) ? read(file) : '';
      const wanted = [...names.matchAll(/(?<!\bas )\b(?!type\b|as\b)\w+/g)];
      for (const [one] of names.startsWith('{') ? wanted : [['default']]) {
        const exported = new RegExp(
          one === 'default'
            ? String.raw`^export default |^export { .* as default }`
            : String.raw`^export (\w+ )*${one}\b|^export { ${one} }`,
          'm',
        );
        if (!exported.test(api)) {
          faults.push(`${document}: ${one} of ${[name, part].join('/')}`);
        }
      }
    }
  }
  assert.deepEqual(faults, []);
});

test('every page of docs/ is in the navigation of mkdocs.yml, and once', () => {
  const nav = read('mkdocs.yml')
    .split(/^nav:$/m)[1]
    .matchAll(/^ +- [^:\n]+: (\S+)$/gm);
  const pages = repositoryFiles(/^docs\/.*\.md$/);
  assert.deepEqual(
    [...nav].map(([, page]) => `docs/${page}`).sort(),
    pages.sort(),
  );
});

test('[truth.24] the README shows each picture that is taken, with what it shows in words, one of them dark', () => {
  const takes = read('packages/stories/src/pictures/readme.pictures.ts');
  const taken = [...takes.matchAll(/^ {2}it\('([\w-]+): /gm)].map(
    ([, name]) => name,
  );
  const shown = [
    ...read('README.md').matchAll(
      /!\[([^\]]{20,})\]\(docs\/images\/([\w-]+)\.png\)/g,
    ),
  ].map(([, , name]) => name);
  assert.deepEqual(taken.sort(), [
    ...['banner', 'inventory', 'limit', 'purge', 'recovered', 'who-may'],
  ]);
  assert.deepEqual(shown.sort(), taken);
  assert.match(takes, /theme: 'dark'/);
  for (const name of taken) {
    assert.ok(existsSync(inRoot(`docs/images/${name}.png`)), name);
  }
});
