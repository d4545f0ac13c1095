import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import IconButton from '@material-ui/core/IconButton';
import Tooltip from '@material-ui/core/Tooltip';
import Check from '@material-ui/icons/Check';
import FileCopyOutlined from '@material-ui/icons/FileCopyOutlined';
import { inlineRow, MONOSPACE, styles, visuallyHidden } from './styles';
import { copyText } from './copyText';
import { commonMessages } from './messages';

const useStyles = styles('MiddleTruncate', {
  root: {
    ...inlineRow,
    maxWidth: '100%',
    minWidth: 0,
    '&:hover $copy, &:focus-within $copy': { opacity: 1 },
  },
  head: {
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'pre',
    minWidth: '2ch',
  },
  tail: { whiteSpace: 'pre', flex: 'none' },
  // for screen readers and tests: the text is cut only for the eye
  whole: { ...visuallyHidden, userSelect: 'none' },
  mono: {
    fontFamily: MONOSPACE,
    fontSize: '0.8125em',
  },
  copy: {
    padding: 4,
    marginLeft: 2,
    opacity: 0,
    '& svg': { fontSize: 14 },
    '@media (hover: none)': { opacity: 1 },
  },
});

/**
 * Cuts a long name or id in the middle where it lacks room, since its end distinguishes it from its
 * neighbours. The whole text shows on hover, and can be copied.
 */
export function MiddleTruncate(props: {
  text: string;
  /** how many characters at the end always show */
  tail?: number;
  mono?: boolean;
  /** the name of the copy button, e.g. "Copy run id"; without it there is none */
  copy?: string;
}) {
  const classes = useStyles();
  return (
    <span className={classes.root}>
      <Tooltip title={props.text} enterDelay={500}>
        <span
          className={props.mono ? classes.mono : undefined}
          style={{ display: 'inline-flex', minWidth: 0 }}
        >
          <Cut text={props.text} tail={props.tail ?? 8} />
        </span>
      </Tooltip>
      {props.copy && (
        <CopyButton
          text={props.text}
          label={props.copy}
          className={classes.copy}
        />
      )}
    </span>
  );
}

/** A shorter name fits nearly everywhere; elsewhere it loses its end. */
const NEVER_CUT = 20;

function Cut({ text, tail }: { text: string; tail: number }) {
  const classes = useStyles();
  if (text.length <= NEVER_CUT) {
    return <span className={classes.head}>{text}</span>;
  }
  const cut = text.length - tail;
  return (
    <>
      <span className={classes.whole}>{text}</span>
      <span className={classes.head} aria-hidden>
        {text.slice(0, cut)}
      </span>
      <span className={classes.tail} aria-hidden>
        {text.slice(cut)}
      </span>
    </>
  );
}

/** Copies a text, and confirms it. */
export function CopyButton(props: {
  text: string;
  /** "Copy run id" */
  label: string;
  className?: string;
}) {
  const { t } = useTranslationRef(commonMessages);
  const [copied, setCopied] = useState<'done' | 'failed'>();
  const label = copied ? t(`copy.${copied}`) : props.label;
  return (
    <Tooltip title={label}>
      <IconButton
        size="small"
        className={props.className}
        aria-label={label}
        onMouseLeave={() => setCopied(undefined)}
        onClick={async event => {
          event.stopPropagation();
          setCopied((await copyText(props.text)) ? 'done' : 'failed');
        }}
      >
        {copied === 'done' ? (
          <Check fontSize="small" />
        ) : (
          <FileCopyOutlined fontSize="small" />
        )}
      </IconButton>
    </Tooltip>
  );
}
