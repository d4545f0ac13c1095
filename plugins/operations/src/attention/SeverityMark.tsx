import ErrorOutline from '@material-ui/icons/ErrorOutline';
import InfoOutlined from '@material-ui/icons/InfoOutlined';
import ReportOutlined from '@material-ui/icons/ReportOutlined';
import WarningOutlined from '@material-ui/icons/ReportProblemOutlined';
import type { AttentionSeverity } from '@craft-easy/backstage-plugin-operations-common';
import { tones } from '../components/tones';
import { styles, visuallyHidden } from '../components/styles';
import { SEVERITY } from './severity';

const ICON = {
  critical: ReportOutlined,
  high: ErrorOutline,
  normal: WarningOutlined,
  low: InfoOutlined,
};

const useStyles = styles('SeverityMark', theme => ({
  mark: (props: { severity: AttentionSeverity }) => ({
    color: tones(theme)[SEVERITY[props.severity].tone].solid,
    display: 'inline-flex',
  }),
  hidden: visuallyHidden,
}));

/**
 * Shows how urgent an item is: by shape and colour, by the word on hover and for screen readers.
 */
export function SeverityMark(props: { severity: AttentionSeverity }) {
  const classes = useStyles(props);
  const Icon = ICON[props.severity];
  const { word } = SEVERITY[props.severity];
  return (
    <span className={classes.mark} title={`${word} severity`}>
      <Icon fontSize="small" aria-hidden />
      <span className={classes.hidden}>{word}: </span>
    </span>
  );
}
