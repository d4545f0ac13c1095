import { screen, within } from '@testing-library/react';
import { Settings } from 'luxon';
import { HOUR, iso, pagePortal } from '../__testUtils__/pagePortal';
import { renderPage } from '../__testUtils__/renderPage';
import { RelativeTime } from './RelativeTime';

pagePortal();
beforeAll(() => {
  Settings.defaultZone = 'Europe/London';
});
afterAll(() => {
  Settings.defaultZone = 'system';
});

/** Two times, of which one is of a schedule in another zone. */
const PAGE = (
  <>
    <p data-testid="scheduled">
      <RelativeTime at={iso(-26 * HOUR)} zone="Asia/Tokyo" />
    </p>
    <p data-testid="other">
      <RelativeTime at={iso(-1000)} seconds />
    </p>
  </>
);
const scheduled = () => screen.getByTestId('scheduled').textContent;
const other = () => screen.getByTestId('other').textContent;

describe('a time', () => {
  it('[truth.16] is absolute first, with its zone and the date where that is not today, then relative', async () => {
    await renderPage(PAGE, '/operations/jobs');
    expect(scheduled()).toMatch(
      /^\d+ \w+ \d\d:\d\d Tokyo, (\d+ \w+ )?\d\d:\d\d yours 1 day ago$/,
    );
    expect(other()).toMatch(/^\d\d:\d\d:\d\d (GMT|BST) just now$/);
  });

  it('[truth.16] is in the zone that the viewer has chosen, also on the next visit', async () => {
    const { user } = await renderPage(PAGE, '/operations/jobs');
    const zones = within(screen.getByRole('group', { name: 'Times in' }));
    const utc = zones.getByRole('button', { name: 'UTC' });
    await user.click(utc);
    expect(utc).toHaveAttribute('aria-pressed', 'true');
    expect(utc).toHaveFocus();
    expect(scheduled()).toMatch(/\d\d:\d\d UTC 1 day ago$/);
    expect(other()).toMatch(/^\d\d:\d\d:\d\d UTC/);
    await user.click(zones.getByRole('button', { name: /^my zone/ }));
    expect(scheduled()).toMatch(/\d\d:\d\d (GMT|BST) 1 day ago$/);
  });
});
