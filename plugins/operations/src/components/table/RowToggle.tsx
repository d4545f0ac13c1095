import type { ReactNode } from 'react';
import { bareButton, styles } from '../styles';
import { ROW_LINK } from './useRowKeys';

const useStyles = styles('RowToggle', {
  root: {
    ...bareButton,
    overflowWrap: 'anywhere',
    display: '-webkit-box',
    '-webkit-line-clamp': 2,
    '-webkit-box-orient': 'vertical',
    overflow: 'hidden',
    '&:hover': { textDecoration: 'underline' },
  },
});

/** The text of a row, of two lines at most, which filters what stands below by that row. */
export function RowToggle(props: {
  on: boolean;
  title: string;
  onClick: () => void;
  children: ReactNode;
}) {
  const { on, ...rest } = props;
  const { root } = useStyles();
  return (
    <button
      type="button"
      className={root}
      aria-pressed={on}
      {...ROW_LINK}
      {...rest}
    />
  );
}
