import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useTheme } from '@material-ui/core/styles';
import CheckCircle from '@material-ui/icons/CheckCircle';
import ErrorIcon from '@material-ui/icons/Error';
import HelpOutline from '@material-ui/icons/HelpOutline';
import HourglassEmpty from '@material-ui/icons/HourglassEmpty';
import PanTool from '@material-ui/icons/PanTool';
import type { AuditOutcome } from '@craft-easy/backstage-plugin-operations-common/internal';
import { inlineRow, quietText, styles, tones } from '../components';
import { auditMessages } from './messages';

const useStyles = styles('AuditOutcome', {
  root: {
    ...inlineRow,
    gap: 4,
    fontSize: '0.8125rem',
    whiteSpace: 'nowrap',
    '& svg': { fontSize: 15 },
  },
});

const LOOK = {
  succeeded: { icon: CheckCircle, tone: 'good' },
  refused: { icon: PanTool, tone: 'warn' },
  failed: { icon: ErrorIcon, tone: 'bad' },
  unknown: { icon: HelpOutline, tone: 'warn' },
  intended: { icon: HourglassEmpty, tone: undefined },
} as const;

/** The outcome of an action. A run is another matter: it may fail though starting it succeeded. */
export function AuditOutcomeChip({ outcome }: { outcome: AuditOutcome }) {
  const { t } = useTranslationRef(auditMessages);
  const theme = useTheme();
  const { icon: Icon, tone } = LOOK[outcome];
  const color = tone ? tones(theme)[tone].text : quietText(theme);
  return (
    <span className={useStyles().root} style={{ color }}>
      <Icon aria-hidden />
      {t(`outcomes.${outcome}`)}
    </span>
  );
}
