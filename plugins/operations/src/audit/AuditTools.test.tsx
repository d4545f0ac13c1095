import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse, type RequestHandler } from 'msw';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { handlersFor, iso, TestPlatform } from '../__testUtils__';
import { seriousViolations } from '../__testUtils__/axe';
import { renderPage } from '../__testUtils__/renderPage';
import { AuditPage } from './AuditPage';
import { fill } from '../__testUtils__/fill';

const server = setupServer();
registerMswTestHooks(server);

const NO = { allowed: false, rule: 'permission' as const, reason: 'no' };

function waiting(given: Partial<Approval> = {}): Approval {
  return {
    id: 'one',
    state: 'waiting',
    action: 'maintenance.begin',
    target: 'maintenance',
    reason: 'Moving the database',
    rule: 'the whole platform goes offline',
    parameters: { mode: 'offline' },
    requestedBy: 'user:default/anna.larsson',
    requestedAt: iso(Date.now() - 60_000),
    expiresAt: iso(Date.now() + 1_800_000),
    actions: {
      approve: { allowed: true },
      reject: { allowed: true },
      withdraw: NO,
    },
    ...given,
  };
}

async function open(query: string, ...overrides: RequestHandler[]) {
  const platform = new TestPlatform();
  platform.noteAction({
    actor: 'user:default/anna.larsson',
    action: 'maintenance.begin',
    target: 'maintenance:7',
    reason: 'Moving the database',
    outcome: 'succeeded',
    before: { mode: 'none', by: 'anna' },
    after: { mode: 'offline', by: 'anna' },
    approval: {
      id: 'one',
      approvedBy: 'user:default/jonas.berg',
      approvedAt: iso(Date.now()),
      reason: 'Seen and discussed',
    },
  });
  server.use(...overrides, ...handlersFor(platform));
  return renderPage(<AuditPage />, `/operations/audit${query}`);
}

const list = (...items: Approval[]) =>
  http.get('*/v1/approvals', () =>
    HttpResponse.json({ items, totalItems: items.length, pageInfo: {} }),
  );

describe('what waits for a second person', () => {
  it('stands above the trail with who asked, for what and why; the second person approves', async () => {
    let sent: unknown;
    let done = false;
    const { user } = await open(
      '',
      http.get('*/v1/approvals', () => {
        const items = done ? [] : [waiting()];
        return HttpResponse.json({
          ...{ items, totalItems: items.length, pageInfo: {} },
        });
      }),
      http.post('*/v1/approvals/one/approve', async ({ request }) => {
        sent = await request.json();
        done = true;
        return HttpResponse.json({
          approval: waiting({ state: 'done', auditId: 'audit-1' }),
          auditId: 'audit-2',
        });
      }),
    );
    const item = within(
      await screen.findByRole('list', { name: 'Waiting for a second person' }),
    ).getByRole('listitem');
    expect(item).toHaveTextContent(
      /anna\.larsson requests maintenance\.begin on maintenance “Moving the database”/,
    );
    expect(item).toHaveTextContent('Because the whole platform goes offline');
    await user.click(
      within(item).getByRole('button', { name: 'Approve maintenance.begin' }),
    );
    const dialog = within(await screen.findByRole('dialog'));
    expect(
      dialog.getByText(/done at once, as anna\.larsson requested/),
    ).toBeVisible();
    await fill(user, dialog.getByLabelText(/Reason/), 'Seen and discussed');
    await user.click(dialog.getByRole('button', { name: 'Approve' }));
    expect(
      await screen.findByText('Approved and done: maintenance.begin'),
    ).toBeVisible();
    expect(sent).toEqual({ reason: 'Seen and discussed' });
    await waitFor(() =>
      expect(
        screen.queryByRole('list', { name: 'Waiting for a second person' }),
      ).not.toBeInTheDocument(),
    );
  });

  it('tells the requester that a second person is needed, and lets them take the request back', async () => {
    const reason = 'You asked for it yourself: it needs a second person';
    const { user } = await open(
      '',
      list(
        waiting({
          actions: {
            approve: { ...NO, reason },
            reject: { ...NO, reason },
            withdraw: { allowed: true },
          },
        }),
      ),
    );
    await user.hover(
      await screen.findByRole('button', { name: 'Approve maintenance.begin' }),
    );
    expect(await screen.findByText(reason)).toBeVisible();
    expect(
      screen.getByRole('button', { name: 'Withdraw maintenance.begin' }),
    ).toBeVisible();
  });

  it('shows what became of the one that a link names, and is accessible', async () => {
    await open(
      '?approval=one',
      http.get('*/v1/approvals/one', () =>
        HttpResponse.json(
          waiting({
            state: 'rejected',
            decidedBy: 'user:default/jonas.berg',
            decisionReason: 'Not during the sale',
          }),
        ),
      ),
    );
    expect(
      await screen.findByText(/Rejected by/, { selector: 'div' }),
    ).toHaveTextContent(/Rejected by jonas.berg “Not during the sale”/);
    expect(await seriousViolations()).toEqual([]);
  });
});

describe('what proves the trail', () => {
  it('shows what an action changed, who approved it, and the trail of its target', async () => {
    const { user } = await open('?entry=audit-1');
    const changed = within(
      await screen.findByRole('table', { name: 'Changed values' }),
    );
    expect(changed.getAllByRole('row')).toHaveLength(2);
    expect(
      changed.getByRole('row', { name: 'mode none offline' }),
    ).toBeVisible();
    expect(screen.getByText(/“Seen and discussed”/)).toBeVisible();
    const trail = screen.getByRole('link', {
      name: 'All actions on this target',
    });
    await user.click(trail);
    expect(
      await screen.findByRole('button', {
        name: 'Remove filter: maintenance:7',
      }),
    ).toBeVisible();
  });

  it('holds it against checkpoints that were kept elsewhere', async () => {
    const { user } = await open(
      '',
      http.post('*/v1/audit/verification', async ({ request }) => {
        const { checkpoints } = (await request.json()) as {
          checkpoints: Array<{ sequence: number }>;
        };
        return HttpResponse.json({
          whole: false,
          rows: 4,
          checkedAt: iso(Date.now()),
          brokenAt: {
            sequence: checkpoints[0].sequence,
            id: '',
            why: 'the trail was rewritten',
          },
        });
      }),
    );
    await user.click(
      await screen.findByRole('button', { name: 'Verify against checkpoints' }),
    );
    const dialog = within(await screen.findByRole('dialog'));
    const input = dialog.getByLabelText('Checkpoints');
    await user.click(input);
    await user.paste('nonsense');
    await user.click(dialog.getByRole('button', { name: 'Verify' }));
    expect(await dialog.findByText(/Line 1 is not a checkpoint/)).toBeVisible();
    await user.clear(input);
    await user.paste('{"sequence":3}\n');
    await user.click(dialog.getByRole('button', { name: 'Verify' }));
    expect(
      await dialog.findByText(/broken at entry 3: the trail was rewritten/),
    ).toBeVisible();
    expect(await seriousViolations()).toEqual([]);
  });

  it('is exported with the filters in force, by a request that carries the token', async () => {
    let asked: string | undefined;
    const saved: string[] = [];
    URL.createObjectURL = () => 'blob:x';
    URL.revokeObjectURL = () => {};
    const click = jest
      .spyOn(HTMLAnchorElement.prototype, 'click')
      .mockImplementation(function clicked(this: HTMLAnchorElement) {
        saved.push(this.download);
      });
    const { user } = await open(
      '?outcome=succeeded',
      http.get('*/v1/audit/export', ({ request }) => {
        asked = new URL(request.url).search;
        return new HttpResponse('id\r\n');
      }),
    );
    await user.click(await screen.findByRole('button', { name: 'Export' }));
    await user.click(screen.getByRole('menuitem', { name: /CSV/ }));
    await waitFor(() => expect(saved).toEqual(['audit.csv']));
    expect(asked).toBe('?format=csv&outcome=succeeded');
    click.mockRestore();
  });
});
