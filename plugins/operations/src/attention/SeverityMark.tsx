import { useTheme } from '@material-ui/core/styles';
import ErrorOutline from '@material-ui/icons/ErrorOutline';
import InfoOutlined from '@material-ui/icons/InfoOutlined';
import ReportOutlined from '@material-ui/icons/ReportOutlined';
import WarningOutlined from '@material-ui/icons/ReportProblemOutlined';
import type { AttentionSeverity } from '@craft-easy/backstage-plugin-operations-common';
import { tones } from '../components/tones';
import { Hidden } from '../components/text';

const LOOK = {
  critical: { icon: ReportOutlined, tone: 'bad' },
  high: { icon: ErrorOutline, tone: 'bad' },
  normal: { icon: WarningOutlined, tone: 'warn' },
  low: { icon: InfoOutlined, tone: 'neutral' },
} as const;

/**
 * Shows how urgent an item is: by shape and colour, by the word on hover and for screen readers.
 */
export function SeverityMark({ severity }: { severity: AttentionSeverity }) {
  const { icon: Icon, tone } = LOOK[severity];
  const color = tones(useTheme())[tone].solid;
  return (
    <span
      style={{ color, display: 'inline-flex' }}
      title={`${severity} severity`}
    >
      <Icon fontSize="small" aria-hidden />
      <Hidden>{severity}: </Hidden>
    </span>
  );
}
