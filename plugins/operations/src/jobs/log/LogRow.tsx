import { forwardRef, memo, type CSSProperties } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useTheme } from '@material-ui/core/styles';
import { DateTime } from 'luxon';
import { looksLikeError, markHits, pieces, type OpenColours } from './ansi';
import type { LogLine } from './LogStore';
import { terminalColour, useLogStyles } from './styles';
import { jobMessages } from '../messages';

/** Properties of {@link LogRow}. */
export interface LogRowProps {
  n: number;
  line: LogLine | undefined;
  /** what earlier lines set */
  colours: OpenColours;
  digits: number;
  times: boolean;
  wrap: boolean;
  needle: string;
  isTarget: boolean;
  style: CSSProperties;
  index: number;
  onNumber: (n: number) => void;
}

const LOOKS = ['bold', 'dim', 'italic', 'underline', 'hit'] as const;

/**
 * A line of a log: its number, which is a link to it, its time, and its text in its colours. Markup
 * in the text is shown as text.
 */
export const LogRow = memo(
  forwardRef<HTMLDivElement, LogRowProps>(function Row(props, ref) {
    const { t } = useTranslationRef(jobMessages);
    const classes = useLogStyles();
    const dark = useTheme().palette.type === 'dark';
    const { n, line } = props;
    return (
      <div
        ref={ref}
        data-index={props.index}
        className={[
          classes.row,
          props.isTarget ? classes.target : '',
          line && looksLikeError(line.text, props.colours)
            ? classes.errorRow
            : '',
        ].join(' ')}
        style={props.style}
      >
        <a
          href={`#L${n}`}
          id={`L${n}`}
          className={classes.number}
          style={{ width: `${props.digits + 2}ch` }}
          aria-label={t('log.line', { n: String(n) })}
          tabIndex={-1}
          onClick={event => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            props.onNumber(n);
          }}
        >
          {n}
        </a>
        {props.times && line && (
          <span className={classes.time}>
            {DateTime.fromISO(line.time).toFormat('HH:mm:ss.SSS')}
          </span>
        )}
        <span
          className={`${classes.text} ${props.wrap ? classes.wrapped : ''}`}
        >
          {line ? (
            markHits(pieces(line.text, props.colours), props.needle).map(
              (piece, index) => (
                <span
                  key={index}
                  className={LOOKS.filter(look => piece[look])
                    .map(look => classes[look])
                    .join(' ')}
                  style={{
                    color: terminalColour(piece.fg, dark),
                    backgroundColor: piece.hit
                      ? undefined
                      : terminalColour(piece.bg, dark),
                  }}
                >
                  {piece.text}
                </span>
              ),
            )
          ) : (
            <span className={classes.missing}>…</span>
          )}
        </span>
      </div>
    );
  }),
);
