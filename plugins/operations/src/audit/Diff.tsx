import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { visibleText } from '@craft-easy/backstage-plugin-operations-common/internal';
import { differences } from '../components/differences';
import { tones } from '../components/tones';
import {
  monospace,
  quietText,
  styles,
  visuallyHidden,
} from '../components/styles';
import { auditMessages } from './messages';

const useStyles = styles('AuditDiff', theme => ({
  root: {
    borderCollapse: 'collapse',
    ...monospace,
    '& th': {
      textAlign: 'left',
      fontWeight: 400,
      color: quietText(theme),
      paddingRight: theme.spacing(2),
      verticalAlign: 'top',
    },
    '& td': { padding: theme.spacing(0.25, 1), overflowWrap: 'anywhere' },
    '& ins, & del': { textDecoration: 'none' },
  },
  before: { backgroundColor: tones(theme).bad.tint },
  after: { backgroundColor: tones(theme).good.tint },
}));

/** Shows each value that an action changed, before and after. */
export function Diff(props: { before: unknown; after: unknown }) {
  const classes = useStyles();
  const { t } = useTranslationRef(auditMessages);
  const found = differences(props.before, props.after);
  if (!found.length) return <>{t('diff.none')}</>;
  return (
    <table className={classes.root} aria-label={t('diff.label')}>
      <thead style={visuallyHidden}>
        <tr>
          <th>{t('diff.what')}</th>
          <th>{t('diff.before')}</th>
          <th>{t('diff.after')}</th>
        </tr>
      </thead>
      <tbody>
        {found.map(({ path, before, after }) => (
          <tr key={path}>
            <th scope="row">{visibleText(path) || t('diff.whole')}</th>
            <td className={classes.before}>
              <del>{text(before)}</del>
            </td>
            <td className={classes.after}>
              <ins>{text(after)}</ins>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function text(value: unknown): string {
  if (value === undefined) return '–';
  return visibleText(typeof value === 'string' ? value : JSON.stringify(value));
}
