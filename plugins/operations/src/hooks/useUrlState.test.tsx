import { act, renderHook } from '@testing-library/react';
import { MemoryRouter, useLocation } from 'react-router-dom';
import type { ReactNode } from 'react';
import {
  choiceParam,
  listParam,
  optionalParam,
  textParam,
  useUrlState,
} from './useUrlState';

const PARAMS = {
  search: textParam,
  tags: listParam,
  sort: choiceParam(['name', 'age'], 'name'),
  open: optionalParam,
};

function setup(at: string) {
  return renderHook(
    () => {
      const [state, update] = useUrlState(PARAMS);
      return { state, update, search: useLocation().search };
    },
    {
      wrapper: (props: { children: ReactNode }) => (
        <MemoryRouter initialEntries={[at]}>{props.children}</MemoryRouter>
      ),
    },
  );
}

describe('useUrlState', () => {
  it('reads what the address says, and falls back where that makes no sense', () => {
    const { result } = setup('/?search=abc&tags=a&tags=b&tags=a&sort=rubbish');
    expect(result.current.state).toEqual({
      search: 'abc',
      tags: ['a', 'b'],
      sort: 'name',
      open: undefined,
    });
  });

  it('writes no defaults, and leaves parameters of others alone', () => {
    const { result } = setup('/?run=7&sort=age');
    act(() =>
      result.current.update({
        sort: 'name',
        tags: ['x'],
        search: '  ',
      }),
    );
    expect(result.current.search).toBe('?run=7&tags=x');
  });

  it('does not lose the first of two updates in one tick', () => {
    const { result } = setup('/');
    act(() => {
      result.current.update({ search: 'a' });
      result.current.update({ open: 'b' });
    });
    expect(result.current.state).toMatchObject({ search: 'a', open: 'b' });
  });
});
