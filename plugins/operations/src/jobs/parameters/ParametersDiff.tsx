import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { visibleText } from '@craft-easy/backstage-plugin-operations-common/internal';
import { canonical, compareFields } from '../../components/differences';
import { monospace, styles, tinted } from '../../components/styles';
import { jobMessages } from '../messages';

const useStyles = styles('ParametersDiff', theme => ({
  root: {
    width: '100%',
    borderCollapse: 'collapse',
    ...monospace,
    '& th, & td': {
      padding: '3px 8px',
      textAlign: 'left',
      verticalAlign: 'top',
      overflowWrap: 'anywhere',
    },
    '& th': {
      fontWeight: 400,
      color: theme.palette.text.secondary,
      width: '30%',
    },
  },
  was: {
    ...tinted(theme, 'bad'),
    textDecoration: 'line-through',
    padding: '0 4px',
  },
  is: { ...tinted(theme, 'good'), textDecoration: 'none', padding: '0 4px' },
}));

/** Lists parameters by name; with `before`, also what was removed and added. */
export function ParametersDiff(props: {
  before: Record<string, unknown> | undefined;
  after: Record<string, unknown>;
}) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const { before = props.after, after } = props;
  return (
    <table className={classes.root} aria-label={t('parameters.title')}>
      <tbody>
        {compareFields(before, after).map(field => (
          <tr key={field.path}>
            <th scope="row">{visibleText(field.path)}</th>
            <td>
              {field.same && text(field.after)}
              {!field.same && field.before !== undefined && (
                <del className={classes.was}>{text(field.before)}</del>
              )}
              {!field.same &&
                field.before !== undefined &&
                field.after !== undefined &&
                ' → '}
              {!field.same && field.after !== undefined && (
                <ins className={classes.is}>{text(field.after)}</ins>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function text(value: unknown): string {
  return visibleText(canonical(value) ?? '');
}
