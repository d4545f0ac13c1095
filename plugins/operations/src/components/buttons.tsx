import { forwardRef, type ReactNode } from 'react';
import MuiButton, {
  type ButtonProps as MuiButtonProps,
} from '@material-ui/core/Button';
import MuiButtonGroup from '@material-ui/core/ButtonGroup';
import { LinkButton } from '@backstage/core-components';
import { styles } from './styles';
import { tones } from './tones';

/**
 * How much a button matters: what one is here for, one per view or dialog, is filled; what can be
 * done besides has a frame; what is beside the matter is a word.
 */
export type ButtonRank = 'primary' | 'secondary' | 'tertiary';

const VARIANTS = {
  primary: 'contained',
  secondary: 'outlined',
  tertiary: 'text',
} as const;

/** The style of a rank. */
function looksOf(rank: ButtonRank) {
  return {
    variant: VARIANTS[rank],
    color: rank === 'primary' ? 'primary' : 'default',
  } as const;
}

const useStyles = styles('Button', theme => ({
  // as Backstage writes, whatever the theme does, on cards outside of our pages too
  root: { textTransform: 'none' },
  danger: {
    color: theme.palette.getContrastText(tones(theme).bad.solid),
    backgroundColor: tones(theme).bad.solid,
    '&:hover': {
      backgroundColor: tones(theme).bad.solid,
      filter: 'brightness(0.92)',
    },
  },
  chosen: { backgroundColor: theme.palette.action.selected },
}));

export type ButtonProps = Omit<MuiButtonProps, 'variant' | 'color'> & {
  /** default: secondary */
  rank?: ButtonRank;
  /** a primary button that takes something away */
  danger?: boolean;
  /** in the colour of the text around it, on a ground that is not the page's */
  inherits?: boolean;
};

/** A button in the style of its rank. */
export const Button = forwardRef<HTMLButtonElement, ButtonProps>(
  function RankedButton(
    { rank = 'secondary', danger, inherits, className, ...props },
    ref,
  ) {
    const classes = useStyles();
    const look = looksOf(rank);
    return (
      <MuiButton
        ref={ref}
        size="small"
        variant={look.variant}
        color={inherits ? 'inherit' : (danger && 'default') || look.color}
        className={[classes.root, danger && classes.danger, className]
          .filter(Boolean)
          .join(' ')}
        {...props}
      />
    );
  },
);

/** A small button without a frame, for what is beside the matter. */
export function PlainButton(props: Omit<ButtonProps, 'rank' | 'danger'>) {
  return <Button rank="tertiary" {...props} />;
}

/** A link in the style of a button. */
export function ButtonLink(props: {
  to: string;
  rank?: ButtonRank;
  size?: 'small' | 'medium';
  startIcon?: ReactNode;
  'aria-label'?: string;
  children: ReactNode;
}) {
  const { root } = useStyles();
  const { rank = 'secondary', ...rest } = props;
  return (
    <LinkButton size="small" className={root} {...looksOf(rank)} {...rest} />
  );
}

/** Buttons of which one is chosen. */
export function ButtonChoice<T extends string>(props: {
  label: string;
  options: readonly T[];
  chosen: T;
  textOf: (option: T) => string;
  onChoose: (option: T) => void;
}) {
  const classes = useStyles();
  return (
    <MuiButtonGroup size="small" aria-label={props.label}>
      {props.options.map(one => (
        <MuiButton
          key={one}
          variant="outlined"
          className={`${classes.root} ${
            one === props.chosen ? classes.chosen : ''
          }`}
          aria-pressed={one === props.chosen}
          onClick={() => props.onChoose(one)}
        >
          {props.textOf(one)}
        </MuiButton>
      ))}
    </MuiButtonGroup>
  );
}
