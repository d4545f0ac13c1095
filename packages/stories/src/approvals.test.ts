/**
 * An action that needs two people: one requests it, the other approves it in the browser. Both
 * are signed in with the identity provider.
 */
import { ApprovalRequested } from '@craft-easy/backstage-plugin-operations-common';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage, screenshot, signInAs } from './browser';
import { apiAs } from './people';
import { startStack, type Stack } from './stack';

const HOUR = 3_600_000;
const REASON = 'The data centre moves tonight';

describe('what needs a second person', () => {
  let stack: Stack;
  let browser: Browser;

  beforeAll(async () => {
    stack = await startStack();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  it('[access.6] waits where the second person sees it, and is done when they approve; the row names both', async () => {
    const ada = await apiAs(stack.url, 'ada.admin');
    const alva = await apiAs(stack.url, 'alva.admin');
    const hours = (n: number) => new Date(Date.now() + n * HOUR).toISOString();
    const asked = await ada.client
      .call('POST /maintenance', {
        body: {
          scope: { kind: 'platform' },
          mode: 'offline',
          startsAt: hours(5),
          endsAt: hours(6),
          timezone: 'Europe/Stockholm',
          messages: { en: 'We move' },
          reason: REASON,
        },
        idempotencyKey: 'story-offline',
      })
      .then(
        () => undefined,
        error => error as ApprovalRequested,
      );
    expect(asked).toMatchObject({
      name: 'ApprovalRequested',
      approval: { state: 'waiting', action: 'maintenance.begin' },
    });
    const { id } = asked!.approval;
    await expect(
      ada.client.call('POST /approvals/:id/approve', {
        params: { id },
        body: { reason: REASON },
        idempotencyKey: 'story-self',
      }),
    ).rejects.toMatchObject({
      body: {
        error: { message: expect.stringContaining('asked for it yourself') },
      },
    });

    const page = await openPage(browser, { theme: 'dark' });
    await signInAs(page, stack.url, 'alva.admin', '/operations/attention');
    await page
      .getByText('ada.admin asks to take the whole platform offline')
      .first()
      .waitFor();
    await page.goto(`${stack.url}/operations/approvals?approval=${id}`);
    await page.getByText(`“${REASON}”`).first().waitFor();
    await page.getByRole('tab', { name: 'Approvals (1)' }).waitFor();
    await page.getByRole('note', { name: 'Preview of the banner' }).waitFor();
    await screenshot(page, 'approvals-waiting-dark');
    await page.getByRole('button', { name: /^Approve: plan to take/ }).click();
    const dialog = page.getByRole('dialog').filter({ hasText: 'Both names' });
    await dialog.getByRole('textbox', { name: /reason/i }).fill('Seen, agreed');
    await screenshot(page, 'approvals-dialog-dark');
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByText(/^Approved and done: plan to take/).waitFor();

    const approval = await alva.client.call('GET /approvals/:id', {
      params: { id },
    });
    expect(approval).toMatchObject({ state: 'done' });
    const { items } = await alva.client.call('GET /audit', {
      query: {
        action: ['maintenance.begin'],
      },
    });
    const row = items.find(entry => entry.id === approval.auditId);
    expect(row).toMatchObject({
      actor: 'user:default/ada.admin',
      reason: REASON,
      outcome: 'succeeded',
      approval: { approvedBy: 'user:default/alva.admin' },
    });
    const windows = await ada.client.call('GET /maintenance');
    expect(windows.items).toMatchObject([
      { state: 'scheduled', createdBy: 'user:default/ada.admin' },
    ]);

    const light = await openPage(browser);
    const trail = `/operations/audit?entry=${approval.auditId}`;
    await signInAs(light, stack.url, 'vera.viewer', trail);
    await light.getByText('“Seen, agreed”').first().waitFor();
    await screenshot(light, 'audit-entry');
    await light.getByRole('button', { name: 'Close' }).click();
    await light.getByRole('button', { name: 'Export' }).click();
    await light.getByRole('menuitem', { name: /New checkpoint/ }).waitFor();
    await screenshot(light, 'audit-export');
    const saved = light.waitForEvent('download');
    await light.getByRole('menuitem', { name: /New checkpoint/ }).click();
    expect((await saved).suggestedFilename()).toBe('audit-checkpoint.json');
  });

  it('[access.3] shows, on a telephone too, that a checkpoint kept elsewhere does not fit', async () => {
    const ada = await apiAs(stack.url, 'ada.admin');
    const kept = await ada.client.call('GET /audit/checkpoint');
    const page = await openPage(browser);
    await signInAs(page, stack.url, 'ada.admin', '/operations/audit');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByText(/chain intact/).waitFor();
    await screenshot(page, 'audit-narrow');
    await page
      .getByRole('button', { name: 'Verify against checkpoints' })
      .click();
    const dialog = page.getByRole('dialog');
    const input = dialog.getByRole('textbox', { name: 'Checkpoints' });
    await input.fill(JSON.stringify(kept));
    await dialog.getByRole('button', { name: 'Verify' }).click();
    await dialog.getByText(/chain intact/).waitFor();
    await input.fill(JSON.stringify({ ...kept, hash: 'a'.repeat(64) }));
    await dialog.getByRole('button', { name: 'Verify' }).click();
    await dialog.getByText(/the signature of the checkpoint/).waitFor();
    await screenshot(page, 'audit-verify-narrow');
  });
});
