import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation } from 'react-router-dom';
import {
  mockApis,
  renderInTestApp,
  TestApiProvider,
} from '@backstage/test-utils';
import { storageApiRef } from '@backstage/core-plugin-api';
import { listParam, textParam, useFilters } from '../../hooks/useUrlState';
import { seriousViolations } from '../../__testUtils__/axe';
import { FilterBar } from './FilterBar';

const FILTERS = { search: textParam, status: listParam };

function Page() {
  const { filter, clear, saved } = useFilters(FILTERS);
  return (
    <>
      <button onClick={() => filter({ status: ['failed', 'lost'] })}>
        Only failures
      </button>
      <FilterBar onClear={clear} saved={{ list: 'runs', ...saved }} />
      <output>{useLocation().search}</output>
    </>
  );
}

const open = async (kept: unknown[] = [], storage = mockApis.storage()) => {
  await storage.forBucket('operations').set('filters.runs', kept as never);
  return renderInTestApp(
    <TestApiProvider apis={[[storageApiRef, storage]]}>
      <Page />
    </TestApiProvider>,
  );
};
const button = (name: string | RegExp) => screen.getByRole('button', { name });
const address = () => screen.getByRole('status').textContent;
const LOST = { name: 'Lost', query: 'status=lost' };

describe('the filters that a viewer keeps', () => {
  it('come back by their name, and are marked where they are on', async () => {
    const user = userEvent.setup();
    await open();
    expect(screen.queryByRole('button', { name: 'Saved filters' })).toBeNull();
    await user.click(button('Only failures'));
    await user.click(button('Saved filters'));
    await user.type(screen.getByLabelText('Name'), ' My night {Enter}');
    await user.click(button('Clear filters'));
    expect(address()).toBe('');

    await user.click(button('Saved filters'));
    expect(screen.getByText(/^Set filters to keep them/)).toBeVisible();
    expect(await seriousViolations()).toEqual([]);
    await user.click(button('My night'));
    expect(address()).toBe('?status=failed&status=lost');
    await user.click(button('Saved filters'));
    expect(button('My night')).toHaveAttribute('aria-current', 'true');
  });

  it('are replaced under the same name, and removed one by one', async () => {
    const user = userEvent.setup();
    await open([LOST]);
    await user.click(button('Only failures'));
    await user.click(button('Saved filters'));
    await user.type(screen.getByLabelText('Name'), 'Lost');
    expect(screen.getByText(/^Replaces the filters/)).toBeVisible();
    await user.click(button('Save these filters'));
    await user.click(button('Clear filters'));
    await user.click(button('Saved filters'));
    await user.click(button('Lost'));
    expect(address()).toBe('?status=failed&status=lost');

    await user.click(button('Saved filters'));
    const dialog = screen.getByRole('dialog');
    await user.click(
      within(dialog).getByRole('button', { name: 'Remove “Lost”' }),
    );
    expect(within(dialog).queryByRole('button', { name: 'Lost' })).toBeNull();
  });

  it('hold as long as the page is open where they cannot be kept', async () => {
    const user = userEvent.setup();
    const storage = mockApis.storage();
    const bucket = storage.forBucket('operations');
    const away = new Error('503');
    const onRejection = jest.fn();
    process.on('unhandledRejection', onRejection);
    await open([], storage);
    jest.spyOn(bucket, 'set').mockRejectedValue(away);
    await user.click(button('Only failures'));
    await user.click(button('Saved filters'));
    await user.type(screen.getByLabelText('Name'), 'My night{Enter}');
    await user.click(button('Clear filters'));
    await user.click(button('Saved filters'));
    await user.click(button('My night'));
    expect(address()).toBe('?status=failed&status=lost');
    expect(onRejection).not.toHaveBeenCalled();
    process.off('unhandledRejection', onRejection);
  });

  it('are at most twenty', async () => {
    const user = userEvent.setup();
    const many = Array.from({ length: 20 }, (_, i) => ({
      ...LOST,
      name: `Filter ${i}`,
    }));
    await open(many);
    await user.click(button('Only failures'));
    await user.click(button('Saved filters'));
    await user.type(screen.getByLabelText('Name'), 'One more');
    expect(screen.getByText(/^At most 20 are kept/)).toBeVisible();
    expect(button('Save these filters')).toBeDisabled();
  });

  it('leave out what nobody can read', async () => {
    const user = userEvent.setup();
    await open([LOST, { name: 'Broken' }, null, 7]);
    await user.click(button('Saved filters'));
    expect(button('Lost')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Broken' })).toBeNull();
  });
});
