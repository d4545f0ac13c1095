import { useState } from 'react';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderInTestApp } from '@backstage/test-utils';
import { InsistProvider } from '../../components/actions/insist';
import { ParametersForm, type Parameters } from './ParametersForm';
import { viewerZone } from '../../components/time';

type Schema = Record<string, unknown>;

/** Renders the form of a schema; what it would send is kept. */
async function open(schema: Schema, initial: Record<string, unknown> = {}) {
  const sent: { last?: Parameters } = {};
  const take = (parameters: Parameters) => {
    sent.last = parameters;
  };
  function Dialog() {
    const [insist, setInsist] = useState(false);
    return (
      <InsistProvider value={insist}>
        <ParametersForm schema={schema} initial={initial} onChange={take} />
        <button onClick={() => setInsist(true)}>Run</button>
      </InsistProvider>
    );
  }
  const user = userEvent.setup();
  await renderInTestApp(<Dialog />);
  return { user, sent };
}

const object = (properties: Schema, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...more,
});

describe('the form of parameters', () => {
  it('[truth.18] shows no error of a field before it was typed in and left, and all when it is to be sent', async () => {
    const { user, sent } = await open(
      object(
        { subject: { type: 'string', title: 'Subject', minLength: 3 } },
        { required: ['subject'] },
      ),
    );
    const subject = screen.getByRole('textbox', { name: /Subject/ });
    expect(subject).toHaveAttribute('aria-invalid', 'false');
    expect(screen.queryByText(/must/)).not.toBeInTheDocument();
    await user.type(subject, 'ab');
    expect(subject).toHaveAttribute('aria-invalid', 'false');
    await user.tab();
    expect(await screen.findByText(/fewer than 3 characters/)).toBeVisible();
    expect(subject).toHaveAttribute('aria-invalid', 'true');
    await user.clear(subject);
    await user.click(screen.getByRole('button', { name: 'Run' }));
    expect(await screen.findByText(/required/)).toBeVisible();
    expect(sent.last!.valid).toBe(false);
  });

  it('[truth.18] offers known values as checkboxes, and lists without made-up names', async () => {
    const { user, sent } = await open(
      object({
        schemas: {
          type: 'array',
          title: 'Schemas',
          items: { type: 'string', enum: ['core', 'billing', 'audit'] },
        },
        recipients: { type: 'array', items: { type: 'string' } },
      }),
    );
    await user.click(screen.getByRole('checkbox', { name: 'billing' }));
    const list = within(screen.getByRole('group', { name: 'recipients' }));
    await user.click(list.getByRole('button', { name: 'Add to recipients' }));
    await user.type(
      list.getByRole('textbox', { name: /One of recipients/ }),
      'ops@acme.example',
    );
    expect(sent.last).toEqual({
      value: { schemas: ['billing'], recipients: ['ops@acme.example'] },
      valid: true,
    });
    expect(document.body).not.toHaveTextContent(/-[01]\b/);
    await user.click(list.getByRole('button', { name: 'Remove item 1' }));
    expect(sent.last!.value.recipients).toEqual([]);
  });

  it('[truth.18] lets a list have a value twice where the schema does', async () => {
    const twice = { schemas: ['core', 'core'] };
    const list = { type: 'array', items: { enum: ['core', 'billing'] } };
    const { sent } = await open(object({ schemas: list }), twice);
    expect(sent.last).toEqual({ value: twice, valid: true });
  });

  it('[truth.18] lets a list have no value twice where the schema does not', async () => {
    const twice = { schemas: ['core', 'core'] };
    const list = { type: 'array', items: { enum: ['core', 'billing'] } };
    const set = { ...list, uniqueItems: true };
    const { sent } = await open(object({ schemas: set }), twice);
    expect(sent.last!.valid).toBe(false);
  });

  it('[truth.25] sends only the keys of the chosen branch, which has a name', async () => {
    const branch = (name: string) =>
      object({ [name]: { type: 'string' } }, { required: [name] });
    const { user, sent } = await open({
      type: 'object',
      oneOf: [branch('tenant'), { ...branch('region'), title: 'A region' }],
    });
    await user.type(screen.getByRole('textbox', { name: /tenant/ }), 'acme');
    expect(sent.last).toEqual({ value: { tenant: 'acme' }, valid: true });
    await user.click(screen.getByRole('button', { name: /tenant/ }));
    await user.click(await screen.findByRole('option', { name: 'A region' }));
    await user.type(screen.getByRole('textbox', { name: /region/ }), 'north');
    expect(sent.last).toEqual({ value: { region: 'north' }, valid: true });
  });

  it('[truth.25] names the zone of a moment, and the instant that is sent', async () => {
    const { sent } = await open(
      object({
        since: {
          type: 'string',
          format: 'date-time',
          title: 'Since',
          default: '2026-01-01T00:00:00Z',
        },
      }),
    );
    expect(screen.getByLabelText(/Since/)).toBeVisible();
    expect(
      screen.getByText(
        `In your time zone, ${viewerZone()}. Sent as 2026-01-01T00:00:00Z.`,
      ),
    ).toBeVisible();
    expect(sent.last).toEqual({
      value: { since: '2026-01-01T00:00:00Z' },
      valid: true,
    });
  });

  it('[truth.25] refuses a number that the browser would round', async () => {
    const { user, sent } = await open(
      object({ id: { type: 'integer', title: 'Id' } }),
    );
    const id = screen.getByRole('spinbutton', { name: /Id/ });
    await user.type(id, '9007199254740993');
    await user.tab();
    expect(
      await screen.findByText(/cannot be sent exactly from here/),
    ).toBeVisible();
    expect(sent.last!.valid).toBe(false);
    await user.clear(id);
    await user.type(id, '9007199254740991');
    expect(sent.last).toEqual({ value: { id: 9007199254740991 }, valid: true });
  });

  it.each([
    [{ flag: { type: ['string', 'null'] } }, { flag: null }],
    [{ n: { type: 'number' } }, { n: 0.1 }],
    [{ on: { type: 'string', format: 'date' } }, { on: '2026-02-29' }],
    [{ list: { type: 'array', items: { type: 'integer' } } }, { list: [1, 1] }],
    [
      { either: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
      { either: null },
    ],
    [
      { at: { type: 'string', format: 'date-time' } },
      { at: '2026-01-01T00:00:00.123+05:45' },
    ],
  ])(
    '[truth.18] gives back what nobody touched: %j',
    async (schema, initial) => {
      const { sent } = await open(object(schema as Schema), initial as Schema);
      expect(sent.last!.value).toEqual(initial);
    },
  );
});
