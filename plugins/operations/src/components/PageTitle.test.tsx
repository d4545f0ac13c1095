import { act, waitFor } from '@testing-library/react';
import { renderInTestApp } from '@backstage/test-utils';
import { PageTitle, UrgentCount } from './PageTitle';

describe('the title of a page', () => {
  const ours = '(2) Roll-up · Jobs | Backstage';

  async function open() {
    await renderInTestApp(
      <UrgentCount.Provider value={2}>
        <PageTitle subject="Roll-up" of="Jobs" />
      </UrgentCount.Provider>,
    );
    await waitFor(() => expect(document.title).toBe(ours));
  }

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('[truth.17] comes back where an older one was put in its place', async () => {
    await open();
    document.title = '(1) Backstage';
    act(() => jest.advanceTimersByTime(1_000));
    expect(document.title).toBe(ours);
  });

  it('[truth.17] may stand behind the count of notifications, and is left alone then', async () => {
    await open();
    const theirs = '(1) Roll-up · Jobs | Backstage';
    document.title = theirs;
    act(() => jest.advanceTimersByTime(1_000));
    expect(document.title).toBe(theirs);
  });
});
