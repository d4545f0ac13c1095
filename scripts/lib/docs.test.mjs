/** What the documents name is there. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { repositoryFiles } from './__testUtils__/repositoryFiles.mjs';
import { ROOT, inRoot } from './paths.mjs';

const documents = repositoryFiles(/\.md$/).filter(
  file => !/(\.api\.md|CHANGELOG\.md)$/.test(file),
);
/** Without code blocks, which name files of other people. */
const textOf = file =>
  readFileSync(file, 'utf8').replace(/^```[^]*?^```$/gm, '');

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
      if (/^([a-z]+:|\/)/.test(link)) continue;
      const [path, anchor] = link.split('#');
      const target = path
        ? resolve(ROOT, dirname(document), path)
        : inRoot(document);
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

test('[house.7] the documents name only files and folders that are there', () => {
  const faults = [];
  for (const document of documents) {
    for (const [, name] of textOf(inRoot(document)).matchAll(/`([^`\n]+)`/g)) {
      if (!/^[\w@.-]+(\/[\w@.-]+)+\/?$/.test(name)) continue;
      const places = /^(plugins|packages|scripts|docs|bench)\//.test(name)
        ? [name]
        : /^(operations|catalog-backend-module)[\w-]*\/src\//.test(name)
        ? [join('plugins', name)]
        : [];
      for (const place of places) {
        if (!existsSync(inRoot(place))) faults.push(`${document}: ${name}`);
      }
    }
  }
  assert.deepEqual(faults, []);
});
