/**
 * The platform's components as reporters of their migrations. `main.ts` keeps one process alive
 * for all.
 */
import { MigrationReporter } from '@craft-easy/operations-sdk/migrations';
import { onStop } from '../supervisor/process';
import { COMPONENTS } from './components';

const EVERY_MS = 5_000;

const { PORTAL_URL: portalUrl, PLATFORM_REPORT_TOKEN: token } = process.env;
if (!portalUrl || !token) {
  throw new Error('PORTAL_URL and PLATFORM_REPORT_TOKEN must be set');
}
const startedAt = Date.now();

const reporters = COMPONENTS.flatMap(({ component, instances, facts }) =>
  instances.map(({ name, version }) =>
    new MigrationReporter({
      portalUrl,
      token,
      component,
      version,
      instance: name,
      everyMs: EVERY_MS,
      collect: () => facts(version, Date.now() - startedAt),
      logger: { warn: message => process.stderr.write(`${message}\n`) },
    }).start(),
  ),
);

// reports do not keep a process alive; being a component does
const alive = setInterval(() => {}, 60_000);
onStop(async () => {
  clearInterval(alive);
  await Promise.all(reporters.map(reporter => reporter.stop()));
});
process.stdout.write('components ready\n');
