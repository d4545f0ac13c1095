/** An action that needs two people: asked for by one, approved by the other in the browser, both signed in over the identity provider. */
import { generateKeyPairSync } from 'node:crypto';
import { ApprovalRequested } from '@craft-easy/backstage-plugin-operations-common';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage, screenshot, signInAs } from './browser';
import { apiAs } from './people';
import { startStack, type Stack } from './stack';
import { until } from './until';

const JOB = { engine: 'bullmq', name: 'campaign-audience-refresh' };
const REASON = 'The campaign begins tonight';

describe('what needs a second person', () => {
  let stack: Stack;
  let browser: Browser;

  beforeAll(async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = privateKey.export({ type: 'pkcs8', format: 'der' });
    stack = await startStack({
      config: {
        operations: {
          audit: {
            checkpoints: {
              keys: [{ id: 'story', privateKey: key.toString('base64') }],
            },
          },
          approvals: {
            withinMinutes: 20,
            actions: [
              {
                action: 'job.run',
                description: 'it is run by hand',
                when: { target: `job:${JOB.engine}/${JOB.name}` },
              },
            ],
          },
        },
      },
    });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  it('[access.6] is told so, waits in the other’s sight, and is done when she approves; both stand in the row', async () => {
    const oskar = await apiAs(stack.url, 'oskar.operator');
    const ada = await apiAs(stack.url, 'ada.admin');
    await until(
      'the job to be registered',
      () => oskar.client.getJobs({ search: JOB.name }),
      page => page.items.length === 1,
    );
    const asking = oskar.client.runNow(JOB, { reason: REASON }, 'story-run');
    const asked = await asking.then(
      () => undefined,
      error => error as ApprovalRequested,
    );
    expect(asked).toMatchObject({
      name: 'ApprovalRequested',
      approval: { state: 'waiting', action: 'job.run' },
    });
    const { id } = asked!.approval;
    await expect(
      oskar.client.approvals.decide(id, 'approve', REASON, 'story-self'),
    ).rejects.toMatchObject({
      body: {
        error: { message: expect.stringContaining('asked for it yourself') },
      },
    });

    const page = await openPage(browser, { theme: 'dark' });
    await signInAs(page, stack.url, 'ada.admin', '/operations/attention');
    await page
      .getByText(/A second person is needed: .*oskar\.operator/)
      .first()
      .waitFor();
    await page.goto(`${stack.url}/operations/audit?approval=${id}`);
    await page.getByText(`“${REASON}”`).first().waitFor();
    await page.getByText(/chain whole/).waitFor();
    await screenshot(page, 'approvals-waiting-dark');
    await page.getByRole('button', { name: 'Approve job.run' }).click();
    const dialog = page.getByRole('dialog').filter({ hasText: 'Both of you' });
    await dialog.getByRole('textbox', { name: /reason/i }).fill('Seen, agreed');
    await screenshot(page, 'approvals-dialog-dark');
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByText('job.run: approved and done').waitFor();

    const approval = await ada.client.approvals.get(id);
    expect(approval).toMatchObject({ state: 'done' });
    const { items } = await ada.client.getAudit({ action: ['job.run'] });
    const row = items.find(entry => entry.id === approval.auditId);
    expect(row).toMatchObject({
      actor: 'user:default/oskar.operator',
      reason: REASON,
      outcome: 'succeeded',
      approval: { approvedBy: 'user:default/ada.admin' },
    });
    const runs = await ada.client.getRuns(JOB, { trigger: ['manual'] });
    expect(runs.items).toHaveLength(1);

    const light = await openPage(browser);
    const trail = `/operations/audit?entry=${approval.auditId}`;
    await signInAs(light, stack.url, 'oskar.operator', trail);
    await light.getByText('“Seen, agreed”').first().waitFor();
    await screenshot(light, 'audit-entry');
    await light.getByRole('button', { name: 'Export' }).click();
    await light
      .getByRole('menuitem', { name: /A checkpoint of now/ })
      .waitFor();
    await screenshot(light, 'audit-export');
    const saved = light.waitForEvent('download');
    await light.getByRole('menuitem', { name: /A checkpoint of now/ }).click();
    expect((await saved).suggestedFilename()).toBe('audit-checkpoint.json');
  });

  it('[access.3] shows, on a telephone too, that a checkpoint kept elsewhere does not fit', async () => {
    const ada = await apiAs(stack.url, 'ada.admin');
    const kept = await ada.client.getAuditCheckpoint();
    const page = await openPage(browser);
    await signInAs(page, stack.url, 'ada.admin', '/operations/audit');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByText(/chain whole/).waitFor();
    await screenshot(page, 'audit-narrow');
    await page
      .getByRole('button', { name: 'Verify against checkpoints' })
      .click();
    const dialog = page.getByRole('dialog');
    const input = dialog.getByRole('textbox', { name: 'Checkpoints' });
    await input.fill(JSON.stringify(kept));
    await dialog.getByRole('button', { name: 'Verify' }).click();
    await dialog.getByText(/chain whole/).waitFor();
    await input.fill(JSON.stringify({ ...kept, hash: 'a'.repeat(64) }));
    await dialog.getByRole('button', { name: 'Verify' }).click();
    await dialog.getByText(/the signature of the checkpoint/).waitFor();
    await screenshot(page, 'audit-verify-narrow');
  });
});
