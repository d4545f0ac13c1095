/**
 * `npm test`: all gates and tests, on services of their own. `npm test -- <pattern>` runs the files
 * whose path matches. `npm test -- --all`, or CI=true, adds the gates that take longer. The last
 * line says how many passed and failed.
 */
import { ensureNode } from './lib/node.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { GATES, LONG_GATES, eachGate } from './lib/gates.mjs';
import { complain, say, seconds } from './lib/log.mjs';
import * as stages from './lib/stages.mjs';
import { none, sum } from './lib/testResults.mjs';
import { runWithServices } from './lib/withServices.mjs';

const ALL = '--all';
const patterns = process.argv.slice(2).filter(argument => argument !== ALL);
const thorough = process.argv.includes(ALL) || process.env.CI === 'true';

await ensureNode();
await runWithServices(async services => {
  say('Preparing the tests');
  await ensureInstalled();
  const env = {
    ...(await services.env()),
    CHROMIUM_PATH: await ensureChromium(),
  };
  const context = { env, dir: services.dir, patterns };
  const everything = patterns.length === 0;
  const results = [];
  const stage = async (title, work) => {
    services.stopped.throwIfAborted();
    say(`\n=== ${title}`);
    const began = Date.now();
    const result = await work(context).catch(error => {
      complain(error);
      return { ...none(), failed: 1, failures: [title] };
    });
    services.stopped.throwIfAborted();
    say(`=== ${title}: ${line(result)} (${seconds(began)})`);
    results.push(result);
    return result;
  };

  if (everything) {
    const gates = thorough ? [...GATES, ...LONG_GATES] : GATES;
    await eachGate(gates, 2, gate =>
      stage(gate.title, it => stages.gate(gate, it)),
    );
  }
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
});

function line({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}
