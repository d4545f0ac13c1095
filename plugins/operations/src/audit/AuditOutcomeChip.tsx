import CheckCircle from '@material-ui/icons/CheckCircle';
import ErrorIcon from '@material-ui/icons/Error';
import HourglassEmpty from '@material-ui/icons/HourglassEmpty';
import PanTool from '@material-ui/icons/PanTool';
import type { AuditOutcome } from '@craft-easy/backstage-plugin-operations-common/internal';
import { inlineRow, styles } from '../components/styles';
import { tones } from '../components/tones';

const useStyles = styles('AuditOutcome', theme => ({
  root: {
    ...inlineRow,
    gap: 4,
    fontSize: '0.8125rem',
    whiteSpace: 'nowrap',
    '& svg': { fontSize: 15 },
  },
  succeeded: { color: tones(theme).good.text },
  refused: { color: tones(theme).warn.text },
  failed: { color: tones(theme).bad.text },
  intended: { color: theme.palette.text.secondary },
}));

const ICONS = {
  succeeded: CheckCircle,
  refused: PanTool,
  failed: ErrorIcon,
  intended: HourglassEmpty,
};

/** The outcome of an action. A run is another matter: it may fail though starting it succeeded. */
export function AuditOutcomeChip(props: { outcome: AuditOutcome }) {
  const classes = useStyles();
  const Icon = ICONS[props.outcome];
  return (
    <span className={`${classes.root} ${classes[props.outcome]}`}>
      <Icon aria-hidden />
      {props.outcome === 'intended' ? 'no outcome yet' : props.outcome}
    </span>
  );
}
