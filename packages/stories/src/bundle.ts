/**
 * What the plugin adds to a portal's downloads, gzipped: to the first download of any page, and
 * to the first visit of one of its own pages. Reads the built frontend (`packages/app/dist`): the
 * source maps say which bytes belong to the plugin, and Chromium which files a page asks for.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { decodedMappings, TraceMap } from '@jridgewell/trace-mapping';
import type { Page } from 'playwright-core';

const DIST = resolve(__dirname, '../../app/dist');
const OURS = /\/plugins\/operations(-common|-protocol|-react)?\/src\//;

const QUIET_MS = 3_000;

/** Bytes, gzipped, of this family's own modules in the files that every page begins with. */
export function firstDownload(): number {
  const page = readFileSync(join(DIST, 'index.html'), 'utf8');
  const scripts = [...page.matchAll(/<script[^>]*src="([^"]+\.js)"/g)];
  return scripts.reduce((sum, [, src]) => {
    const file = join(DIST, 'static', basename(src));
    const map = `${file}.map`;
    return existsSync(map) ? sum + ours(file, map) : sum;
  }, 0);
}

/** The part of a file that comes from our sources, gzipped by itself. */
function ours(file: string, mapFile: string): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  const map = new TraceMap(readFileSync(mapFile, 'utf8'));
  let text = '';
  decodedMappings(map).forEach((segments, line) => {
    segments.forEach((segment, i) => {
      const source = segment.length > 1 && map.sources[segment[1]!];
      if (!source || !OURS.test(`/${source}`)) return;
      const end = segments[i + 1]?.[0] ?? lines[line].length;
      text += lines[line].slice(segment[0], end);
    });
  });
  return text ? gzipSync(text).length : 0;
}

/**
 * Bytes, gzipped, of the scripts that a page asks for beyond those already there.
 * @param visit - goes to the page, without loading the portal anew
 */
export async function firstVisit(
  page: Page,
  visit: () => Promise<unknown>,
): Promise<number> {
  const files = new Set<string>();
  let last = Date.now();
  const note = (request: { url(): string }) => {
    const { pathname } = new URL(request.url());
    if (!pathname.endsWith('.js')) return;
    files.add(basename(pathname));
    last = Date.now();
  };
  page.on('request', note);
  await visit();
  last = Date.now();
  // a page that looks for news is never idle: until it has asked for no script for a while
  while (Date.now() - last < QUIET_MS) await wait(50);
  page.off('request', note);
  return [...files]
    .map(file => gzipSync(readFileSync(join(DIST, 'static', file))).length)
    .reduce((sum, size) => sum + size, 0);
}
