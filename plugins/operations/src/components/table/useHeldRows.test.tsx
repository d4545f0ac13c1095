import { fireEvent, render, screen } from '@testing-library/react';
import { useHeldRows } from './useHeldRows';

interface Row {
  id: string;
  text: string;
}

function List(props: { rows: Row[]; scope?: string; remembered?: boolean }) {
  const held = useHeldRows(props.rows, row => row.id, {
    scope: props.scope ?? '',
    answered: !props.remembered,
  });
  return (
    <>
      <button onClick={held.release}>
        {held.waiting} waiting{held.reordered ? ', reordered' : ''}
      </button>
      <ul aria-label="rows" {...held.holdProps}>
        {held.rows.map(row => (
          <li key={row.id}>{row.text}</li>
        ))}
      </ul>
    </>
  );
}

const rows = (...texts: string[]): Row[] =>
  texts.map(text => ({ id: text[0], text }));
const shown = () =>
  screen.queryAllByRole('listitem').map(item => item.textContent);

describe('useHeldRows', () => {
  it('shows everything at once while nobody is on it', () => {
    const { rerender } = render(<List rows={rows('a')} />);
    rerender(<List rows={rows('b', 'a')} />);
    expect(shown()).toEqual(['b', 'a']);
  });

  it('holds places while the pointer is on it, but not what rows say', () => {
    const { rerender } = render(<List rows={rows('a1', 'b1')} />);
    fireEvent.pointerEnter(screen.getByRole('list'));
    rerender(<List rows={rows('c', 'b2', 'a2')} />);
    expect(shown()).toEqual(['a2', 'b2']);
    expect(screen.getByRole('button')).toHaveTextContent(
      '1 waiting, reordered',
    );
    fireEvent.click(screen.getByRole('button'));
    expect(shown()).toEqual(['c', 'b2', 'a2']);
    expect(screen.getByRole('button')).toHaveTextContent('0 waiting');
  });

  it('keeps a row that has gone in its place until then', () => {
    const { rerender } = render(<List rows={rows('a', 'b')} />);
    fireEvent.focus(screen.getByRole('list'));
    rerender(<List rows={rows('b')} />);
    expect(shown()).toEqual(['a', 'b']);
    fireEvent.blur(screen.getByRole('list'));
    rerender(<List rows={rows('b')} />);
    expect(shown()).toEqual(['b']);
  });

  it('shows another list at once, held or not', () => {
    const { rerender } = render(<List rows={rows('a')} scope="1" />);
    fireEvent.pointerEnter(screen.getByRole('list'));
    rerender(<List rows={rows('z')} scope="2" />);
    expect(shown()).toEqual(['z']);
  });

  it('[truth.1] shows the answer of what was asked for at once where older rows were remembered', () => {
    const { rerender } = render(<List rows={rows('a', 'b')} scope="1" />);
    fireEvent.pointerEnter(screen.getByRole('list'));
    rerender(<List rows={rows('b', 'a')} scope="2" remembered />);
    rerender(<List rows={rows('c', 'b', 'a')} scope="2" />);
    expect(shown()).toEqual(['c', 'b', 'a']);
    // and what comes later by itself waits
    rerender(<List rows={rows('d', 'c', 'b', 'a')} scope="2" />);
    expect(shown()).toEqual(['c', 'b', 'a']);
  });
});
