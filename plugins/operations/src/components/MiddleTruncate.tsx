import { useRef, useState, type Ref } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import IconButton from '@material-ui/core/IconButton';
import Tooltip from '@material-ui/core/Tooltip';
import Check from '@material-ui/icons/Check';
import FileCopyOutlined from '@material-ui/icons/FileCopyOutlined';
import { copyText } from './copyText';
import { inlineRow, MONOSPACE, styles } from './styles';
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
  // drawn by CSS, so that it is no text that one could select
  drawn: { '&::before': { content: 'attr(data-text)' } },
  cut: { position: 'relative', display: 'inline-flex', minWidth: 0 },
  // what one selects, copies and has read out: over what is drawn, without a colour of its own
  whole: {
    position: 'absolute',
    top: 0,
    right: 0,
    bottom: 0,
    left: 0,
    overflow: 'hidden',
    whiteSpace: 'pre',
    WebkitTextFillColor: 'transparent',
  },
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
 * neighbours. The whole text shows on hover where it is cut, and is what one selects and copies.
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
  const head = useRef<HTMLSpanElement>(null);
  const [isCut, setIsCut] = useState(false);
  const measure = () => {
    const { scrollWidth = 0, clientWidth = 0 } = head.current ?? {};
    setIsCut(scrollWidth > clientWidth);
  };
  return (
    <span className={classes.root}>
      <Tooltip title={isCut ? props.text : ''} enterDelay={500}>
        <span
          className={`${classes.cut} ${props.mono ? classes.mono : ''}`}
          onMouseEnter={measure}
        >
          <Cut text={props.text} tail={props.tail ?? 8} head={head} />
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

function Cut(props: {
  text: string;
  tail: number;
  head: Ref<HTMLSpanElement>;
}) {
  const classes = useStyles();
  const { text, head } = props;
  if (text.length <= NEVER_CUT) {
    return (
      <span ref={head} className={classes.head}>
        {text}
      </span>
    );
  }
  const cut = text.length - props.tail;
  return (
    <>
      <span
        ref={head}
        className={`${classes.head} ${classes.drawn}`}
        data-text={text.slice(0, cut)}
        aria-hidden
      />
      <span
        className={`${classes.tail} ${classes.drawn}`}
        data-text={text.slice(cut)}
        aria-hidden
      />
      <span className={classes.whole}>{text}</span>
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
