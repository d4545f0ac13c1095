/**
 * `npm test`: every test there is, on services of its own. `npm test -- <pattern>` runs the files whose path matches.
 * The last line says how many passed and failed.
 */
import { ensureNode } from './lib/node.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { runCommand } from './lib/lifecycle.mjs';
import { complain, say, seconds } from './lib/log.mjs';
import { Processes } from './lib/processes.mjs';
import * as stages from './lib/stages.mjs';
import { none, sum } from './lib/testResults.mjs';
import { startTestServices, temporaryFolder } from './lib/testServices.mjs';

const patterns = process.argv.slice(2);
let processes;
let temporary;

await ensureNode();
await runCommand(main, {
  async stop() {
    stages.killStage();
    await processes?.stopAll();
    temporary?.remove();
  },
  kill() {
    stages.killStage();
    processes?.killAll();
  },
});

async function main() {
  say('Preparing the tests');
  await ensureInstalled();
  temporary = temporaryFolder();
  const { dir } = temporary;
  processes = new Processes(`${dir}/logs`);
  const env = {
    ...process.env,
    ...(await startTestServices(processes, dir)),
    CHROMIUM_PATH: await ensureChromium(),
    OPERATIONS_TEST_DIR: dir,
  };

  const context = { env, dir, patterns };
  const everything = patterns.length === 0;
  const results = [];
  const stage = async (title, work) => {
    say(`\n=== ${title}`);
    const began = Date.now();
    const result = await work(context).catch(error => {
      complain(error);
      return { ...none(), failed: 1, failures: [title] };
    });
    say(`=== ${title}: ${line(result)} (${seconds(began)})`);
    results.push(result);
    return result;
  };

  if (everything) await stage('Type check', stages.typeCheck);
  await stage('Scripts', stages.scriptTests);
  await stage('Packages', stages.packageTests);
  if (stages.hasStories(patterns)) {
    const built = await stage('Frontend for the stories', stages.buildFrontend);
    if (built.failed === 0) await stage('Browser stories', stages.stories);
  }

  const total = sum(results);
  for (const failure of total.failures) say(`  failed: ${failure}`);
  if (total.skipped > 0) say(`  ${total.skipped} skipped`);
  say(`\n${line(total)}`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

function line({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}
