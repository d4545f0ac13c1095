/** The life of a job as its operator lives it, in a portal whose language is Swedish. */
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage, screenshot, signInAs } from './browser';
import { apiAs, type PersonApi } from './people';
import { startStack, type Stack } from './stack';
import { until } from './until';
import { look } from './walk/look';
import { settle } from './walk/visit';

const REMINDER = { engine: 'bullmq', name: 'weekly-license-renewal-reminder' };
const ROLLUP = { engine: 'bullmq', name: 'daily-mrr-rollup' };
const REASON = 'visas av en berättelse i det här projektet';
const STOCKHOLM = {
  context: { locale: 'sv-SE', timezoneId: 'Europe/Stockholm' },
};

const PAGES = [
  ['attention', 'Att åtgärda', /Servicenivåer|servicenivåer/],
  ['jobs', 'Jobb', /\d av \d+ jobb|Alla \d+ jobb|\d+ jobb/],
  ['runs', 'Körningar', /körningar(na)? det senaste dygnet misslyckades/],
  ['webhooks', 'Webhookar', /leverans(er)?.* misslyckades|Inga öppna fel/],
  ['rate-limits', 'Anropsgränser', /^Inga undantag/],
  ['flags', 'Flaggor', /\d flaggor/],
  ['maintenance', 'Underhåll', /Inget underhåll nu/],
  ['caches', 'Cachar', /ingen rensning pågår/],
  ['migrations', 'Migreringar', /booking-api avviker/],
  ['approvals', 'Godkännanden', /väntar på en andra person/],
  ['audit', 'Granskningslogg', /\d poster .*, kedjan obruten/],
] as const;

describe('the portal in Swedish', () => {
  let stack: Stack;
  let browser: Browser;
  let oskar: PersonApi;

  beforeAll(async () => {
    stack = await startStack();
    browser = await launchBrowser();
    oskar = await apiAs(stack.url, 'oskar.operator');
    await until(
      'the two failed jobs in the panel',
      () => oskar.client.call('GET /attention'),
      page => page.open.critical + page.open.high >= 2,
    );
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  /** Chooses the language in the settings, as whoever wants it does. */
  async function chooseSwedish(page: Page) {
    await page.goto(`${stack.url}/settings`);
    await page
      .getByRole('listitem')
      .filter({ hasText: 'Language' })
      .getByRole('button')
      .click();
    await page.getByRole('option', { name: 'Svenska' }).click();
  }

  async function openInSwedish(path: string): Promise<Page> {
    const page = await openPage(browser, STOCKHOLM);
    await signInAs(page, stack.url, 'oskar.operator');
    await chooseSwedish(page);
    await page.goto(`${stack.url}${path}`);
    return page;
  }

  it('[portal.6] leads from what is urgent to the failed job, its 502 and a retry, after which list and trend are clear', async () => {
    const page = await openInSwedish('/operations');
    const urgent = page.getByRole('list', { name: 'Brådskande' });
    await urgent.getByText(/license renewal reminder misslyckades/).waitFor();
    await urgent
      .getByRole('button', { name: /^Öppna: .*renewal reminder/ })
      .or(urgent.getByRole('link', { name: /^Öppna: .*renewal reminder/ }))
      .waitFor();
    await screenshot(page, 'story-swedish-attention');

    await urgent
      .getByRole('link', { name: /renewal reminder/i })
      .first()
      .click();
    await page
      .getByRole('region', { name: 'Loggrader' })
      .getByText(/502 Bad Gateway/)
      .first()
      .waitFor();
    await screenshot(page, 'story-swedish-log');

    await page
      .getByRole('dialog', { name: 'Körning' })
      .getByRole('button', { name: `Kör om ${REMINDER.name}` })
      .click();
    const dialog = page
      .getByRole('dialog')
      .filter({ hasText: 'Sparas i granskningsloggen' });
    await dialog
      .getByText(/Köar en ny körning i stället för/)
      .first()
      .waitFor();
    await screenshot(page, 'story-swedish-dialog');
    await dialog.getByRole('textbox', { name: /Anledning/ }).fill(REASON);
    await dialog.getByRole('button', { name: 'Kör om', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });

    await until(
      'the retry to succeed',
      () =>
        oskar.client.call('GET /jobs/:engine/:name/runs', {
          params: REMINDER,
          query: { limit: 1 },
        }),
      answer =>
        answer.items[0].trigger === 'retry' &&
        answer.items[0].status === 'succeeded',
    );
    await page.goto(`${stack.url}/operations/jobs/bullmq/${REMINDER.name}`);
    await page.getByText(/^0 misslyckade på 30 dagar/).waitFor();
    await page
      .getByText(/Den senaste körningen lyckades/)
      .first()
      .waitFor();
    await screenshot(page, 'story-swedish-job');

    await until(
      'the list to lose the job',
      () => oskar.client.call('GET /attention'),
      answer =>
        answer.items.every(
          item => item.subject.ref !== `bullmq/${REMINDER.name}`,
        ),
    );
    await page.goto(`${stack.url}/operations`);
    await urgent.getByText(/MRR roll-up/).waitFor();
    expect(await urgent.getByText(/renewal reminder/).count()).toBe(0);
    await page.goto(`${stack.url}/operations/audit`);
    await page
      .getByRole('row')
      .filter({ hasText: new RegExp(`körde om (körning )?${REMINDER.name}`) })
      .first()
      .waitFor();
    await screenshot(page, 'story-swedish-audit');
  });

  it('[portal.6] says why the roll-up cannot be run by hand', async () => {
    const page = await openInSwedish(`/operations/jobs/bullmq/${ROLLUP.name}`);
    const why = page.getByRole('complementary', {
      name: 'Varför det inte kan köras manuellt',
    });
    await why.getByText('inte säkert att köra jobbet manuellt').waitFor();
    const run = page.getByRole('button', { name: `Kör ${ROLLUP.name}` });
    expect(await run.getAttribute('aria-disabled')).toBe('true');
    await page.getByText('Kl. 02:15').first().waitFor();
    await screenshot(page, 'story-swedish-rollup');
  });

  it('[portal.6] names each page by its tab, and says in Swedish what is on it', async () => {
    const page = await openInSwedish('/operations');
    for (const [path, name, said] of PAGES) {
      await page.goto(`${stack.url}/operations/${path}`);
      const tab = page.getByRole('tab', { selected: true });
      await page.getByText(said).first().waitFor();
      expect(await tab.textContent()).toBe(name);
      await settle(page);
      await screenshot(page, `story-swedish-${path}`);
      // words of another length are where a page breaks
      expect(await look(page)).toEqual([]);
    }
  });
});
