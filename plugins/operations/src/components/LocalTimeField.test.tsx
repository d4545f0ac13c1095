import { useState } from 'react';
import { fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderInTestApp } from '@backstage/test-utils';
import { LocalTimeField } from './LocalTimeField';
import { NO_TIME } from './localTime';

function Ends(props: { onAt: (at: number | undefined) => void }) {
  const [value, setValue] = useState(NO_TIME);
  props.onAt(value.at);
  return (
    <LocalTimeField
      label="Ends at"
      zone="Europe/Stockholm"
      value={value}
      onChange={setValue}
      help="In your time zone"
    />
  );
}

async function type(text: string) {
  const field = await screen.findByLabelText('Ends at');
  fireEvent.change(field, { target: { value: text } });
  return field;
}

describe('the field of a time', () => {
  it('[truth.25] asks which of two is meant where the clocks show a time twice', async () => {
    const user = userEvent.setup();
    const onAt = jest.fn();
    await renderInTestApp(<Ends onAt={onAt} />);
    const field = await type('2026-10-25T02:30');
    expect(field).toHaveAttribute('aria-invalid', 'true');
    expect(
      screen.getByText(
        'The clocks of Europe/Stockholm show 02:30 twice on that day. Choose which.',
      ),
    ).toBeVisible();
    expect(onAt).toHaveBeenLastCalledWith(undefined);
    await user.click(screen.getByRole('button', { name: /Which 02:30/ }));
    await user.click(
      await screen.findByRole('option', { name: /^The second, .*UTC\+01:00/ }),
    );
    expect(onAt).toHaveBeenLastCalledWith(Date.parse('2026-10-25T01:30Z'));
    expect(field).toHaveAttribute('aria-invalid', 'false');
    await type('2026-10-25T04:30');
    expect(onAt).toHaveBeenLastCalledWith(Date.parse('2026-10-25T03:30Z'));
    expect(screen.queryByText(/twice/)).not.toBeInTheDocument();
  });

  it('[truth.25] refuses a time that the clocks skip', async () => {
    const onAt = jest.fn();
    await renderInTestApp(<Ends onAt={onAt} />);
    const field = await type('2026-03-29T02:30');
    expect(field).toHaveAttribute('aria-invalid', 'true');
    expect(
      screen.getByText(
        'The clocks of Europe/Stockholm skip 02:30 on that day. Choose another time.',
      ),
    ).toBeVisible();
    expect(onAt).toHaveBeenLastCalledWith(undefined);
  });
});
