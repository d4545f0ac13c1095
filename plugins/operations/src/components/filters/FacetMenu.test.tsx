import { useState } from 'react';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderInTestApp } from '@backstage/test-utils';
import { FacetMenu } from './FacetMenu';

function Menu(props: { initial?: string[]; counts?: boolean }) {
  const [selected, setSelected] = useState<string[]>(props.initial ?? []);
  const options = ['failed', 'running', 'succeeded'].map(value => ({
    value,
    count: props.counts ? 7 : undefined,
  }));
  return (
    <FacetMenu
      facet={{
        id: 'status',
        title: 'Status',
        options,
        selected,
        onChange: setSelected,
      }}
    />
  );
}

describe('the menu of a filter', () => {
  it('[truth.20] is gone through by the arrow keys', async () => {
    const user = userEvent.setup();
    await renderInTestApp(<Menu />);
    await user.click(screen.getByRole('button', { name: 'Status' }));
    const box = (name: string) => screen.getByRole('checkbox', { name });
    await user.keyboard('{ArrowDown}');
    expect(box('failed')).toHaveFocus();
    await user.keyboard('{ArrowDown} ');
    expect(box('running')).toBeChecked();
    await user.keyboard('{End}');
    expect(box('succeeded')).toHaveFocus();
    await user.keyboard('{ArrowDown}{Home}');
    expect(box('failed')).toHaveFocus();
    await user.keyboard('{Escape}');
    expect(screen.getByRole('button', { name: /running/ })).toHaveFocus();
  });

  it('has no count of a choice that is not among those that were counted', async () => {
    const user = userEvent.setup();
    await renderInTestApp(<Menu initial={['aborted']} counts />);
    await user.click(screen.getByRole('button', { name: /Status/ }));
    expect(
      screen.getByRole('checkbox', { name: /^failed\s*7$/ }),
    ).toBeVisible();
    expect(screen.getByRole('checkbox', { name: 'aborted' })).toBeChecked();
  });
});
