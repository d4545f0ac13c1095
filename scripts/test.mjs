/**
 * `npm test`: all gates and tests, on services of their own. `npm test -- <pattern>` runs the files
 * whose path matches. `npm test -- --all`, or CI=true, adds the gates that take longer. The last
 * line says how many passed and failed.
 */
import { ensureNode } from './lib/node.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { ALL, isLong, runGates } from './lib/gates.mjs';
import { say } from './lib/log.mjs';
import { ensurePythonOfTests, pythonTests } from './lib/python.mjs';
import { runStages } from './lib/runStages.mjs';
import * as stages from './lib/stages.mjs';
import { runWithServices } from './lib/withServices.mjs';

const patterns = process.argv.slice(2).filter(argument => argument !== ALL);

await ensureNode();
await runWithServices(async services => {
  say('Preparing the tests');
  await ensureInstalled();
  const env = {
    ...(await services.env()),
    CHROMIUM_PATH: await ensureChromium(),
  };
  // before the packages' tests: some compare Python with TypeScript
  const problem = await ensurePythonOfTests();
  const context = { env, dir: services.dir, patterns, problem };
  const everything = patterns.length === 0;
  const { stage, finish } = runStages(context, services.stopped);

  if (everything) await runGates(stage);
  await stage('Scripts', stages.scriptTests);
  if (everything) await stage('Python', pythonTests);
  await stage('Packages', stages.packageTests);
  if (stages.hasStories(patterns)) {
    const built = await stage('Frontend for the stories', stages.buildFrontend);
    if (built.failed === 0) await stage('Browser stories', stages.stories);
  }
  if (everything && isLong()) await stage('Soak', stages.soak);

  return finish();
});
