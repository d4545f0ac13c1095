/*
 * Makes the disk of a portal on SQLite full: while the file SOAK_FULL_FILE exists, no database may
 * grow by another page. SIGUSR2 says that this has changed. Loaded with --require.
 */
const { existsSync } = require('node:fs');
const Module = require('node:module');

const MOST_PAGES = 2 ** 31 - 2;
const open = new Set();
let full = existsSync(process.env.SOAK_FULL_FILE);

const limit = database => {
  if (!database.open || database.memory) return;
  const pages = full
    ? database.pragma('page_count', { simple: true })
    : MOST_PAGES;
  database.pragma(`max_page_count = ${pages}`);
};

let wrapped;
const load = Module._load;
Module._load = function loadWrapped(request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (request !== 'better-sqlite3') return loaded;
  wrapped ??= new Proxy(loaded, {
    construct(Target, args) {
      const database = new Target(...args);
      open.add(database);
      if (full) limit(database);
      return database;
    },
  });
  return wrapped;
};

process.on('SIGUSR2', () => {
  full = existsSync(process.env.SOAK_FULL_FILE);
  for (const database of open) {
    if (database.open) limit(database);
    else open.delete(database);
  }
});
