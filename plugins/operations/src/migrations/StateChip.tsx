import { makeStyles } from '@material-ui/core/styles';
import Tooltip from '@material-ui/core/Tooltip';
import CheckCircle from '@material-ui/icons/CheckCircleOutlined';
import ErrorOutline from '@material-ui/icons/ErrorOutline';
import HelpOutline from '@material-ui/icons/HelpOutline';
import Lock from '@material-ui/icons/LockOutlined';
import Sync from '@material-ui/icons/Sync';
import Warning from '@material-ui/icons/ReportProblemOutlined';
import type { MigrationState } from '@craft-easy/backstage-plugin-operations-common';
import { tones, type Tone } from '../components/tones';
import { STATES } from './words';

const useStyles = makeStyles(
  theme => ({
    ...(Object.fromEntries(
      (Object.keys(tones(theme)) as Tone[]).map(tone => [
        tone,
        {
          color: tones(theme)[tone].text,
          backgroundColor: tones(theme)[tone].tint,
        },
      ]),
    ) as Record<Tone, { color: string; backgroundColor: string }>),
    chip: {
      display: 'inline-flex',
      alignItems: 'center',
      gap: 4,
      height: 22,
      padding: '0 8px 0 5px',
      borderRadius: 11,
      fontSize: '0.8125rem',
      fontWeight: 500,
      whiteSpace: 'nowrap',
      '& svg': { fontSize: 15 },
      '@media (forced-colors: active)': { border: '1px solid' },
    },
  }),
  { name: 'OperationsStateChip' },
);

const ICONS: Partial<Record<MigrationState, typeof Lock>> = {
  settled: CheckCircle,
  settling: Sync,
  failed: ErrorOutline,
  diverged: ErrorOutline,
  missing: ErrorOutline,
  locked: Lock,
  silent: HelpOutline,
  unknown: HelpOutline,
};

/** The state of a component: icon, word and colour; its meaning on hover. */
export function StateChip(props: { state: MigrationState }) {
  const classes = useStyles();
  const { word, tone, meaning } = STATES[props.state];
  const Icon = ICONS[props.state] ?? Warning;
  return (
    <Tooltip title={meaning} enterDelay={400}>
      <span className={`${classes.chip} ${classes[tone]}`}>
        <Icon aria-hidden />
        {word}
      </span>
    </Tooltip>
  );
}
