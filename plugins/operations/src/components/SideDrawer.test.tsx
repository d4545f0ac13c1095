import { screen } from '@testing-library/react';
import { renderPage } from '../__testUtils__/renderPage';
import { SideDrawer } from './SideDrawer';

describe('what is open beside a list', () => {
  it('[truth.14] is closed by Escape, and by a button in its corner, whatever it shows', async () => {
    const onClose = jest.fn();
    const { user } = await renderPage(
      <SideDrawer label="Run" open onClose={onClose}>
        <p>It could not be loaded</p>
      </SideDrawer>,
      '/operations/jobs',
    );
    expect(screen.getByRole('dialog', { name: 'Run' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Close' }));
    expect(onClose).toHaveBeenCalledTimes(1);
    await user.keyboard('{Escape}');
    expect(onClose).toHaveBeenCalledTimes(2);
  });
});
