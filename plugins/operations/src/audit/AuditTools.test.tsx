import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse, type RequestHandler } from 'msw';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import { handlersFor, iso, TestPlatform } from '../__testUtils__';
import { seriousViolations } from '../__testUtils__/axe';
import { renderPage } from '../__testUtils__/renderPage';
import { AuditPage } from './AuditPage';

const server = setupServer();
registerMswTestHooks(server);

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

it('leads links from before approvals had a page of their own to that page', async () => {
  const { address } = await open('?approval=one');
  expect(address()).toBe('/operations/approvals?approval=one');
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
        name: 'Remove filter: maintenance 7',
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
