import type { Theme } from '@material-ui/core/styles';
import type { CreateCSSProperties } from '@material-ui/core/styles/withStyles';
import { styles } from './styles';
import {
  statusLook,
  STATUSES,
  type StatusName,
  type StatusPattern,
} from './statuses';
import { tones, type ToneColors } from './tones';

/** Success is quiet: its bar is paler than that of a failure. */
function background(
  pattern: StatusPattern | undefined,
  color: ToneColors,
): CreateCSSProperties {
  const { solid, tint } = color;
  const base = { backgroundColor: tint, border: `1px solid ${solid}` };
  switch (pattern) {
    case 'hatched':
      return {
        ...base,
        backgroundImage: `repeating-linear-gradient(135deg, ${solid} 0 3px, ${tint} 3px 4.5px)`,
      };
    case 'crossed':
      return {
        ...base,
        backgroundImage: `repeating-linear-gradient(45deg, ${solid} 0 1.5px, transparent 1.5px 4px), repeating-linear-gradient(135deg, ${solid} 0 1.5px, transparent 1.5px 4px)`,
      };
    case 'striped':
      return {
        ...base,
        backgroundImage: `repeating-linear-gradient(0deg, ${solid} 0 1.5px, ${tint} 1.5px 4px)`,
      };
    case 'dotted':
      return {
        ...base,
        backgroundImage: `radial-gradient(${solid} 1.2px, transparent 1.4px)`,
        backgroundSize: '4px 4px',
      };
    case 'hollow':
      return base;
    default:
      return { backgroundColor: solid, opacity: 0.55 };
  }
}

const useFillStyles = styles(
  'StatusFill',
  (theme: Theme) =>
    Object.fromEntries(
      (Object.keys(STATUSES) as StatusName[]).map(status => [
        status,
        {
          ...background(
            STATUSES[status].pattern,
            tones(theme)[STATUSES[status].tone],
          ),
          // patterns are backgrounds, which forced colours would remove
          forcedColorAdjust: 'none',
        },
      ]),
    ) as Record<StatusName, CreateCSSProperties>,
);

/**
 * The class that fills a bar or cell with the colour and pattern of a status: the pattern
 * distinguishes it without colour.
 */
export function useStatusFill(): (status: string) => string {
  const classes = useFillStyles();
  return status =>
    classes[status as StatusName] ??
    // a status of a newer backend gets the plain look of its tone
    (statusLook(status).tone === 'bad' ? classes.failed : classes.queued);
}
