import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { visibleText } from '@craft-easy/backstage-plugin-operations-common/internal';
import { compareFields } from '../../components/differences';
import { monospace, quietText, styles, tinted } from '../../components/styles';
import { Muted } from '../../components/text';
import { jobMessages } from '../messages';
import { parameterText } from './parameterText';

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
      color: quietText(theme),
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
  /** the names of those that were not given: the job's schema has them */
  defaults?: ReadonlySet<string>;
  /** the run is over: the schema may have had other defaults then */
  over?: boolean;
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
              {field.same && parameterText(field.after)}
              {!field.same && field.before !== undefined && (
                <del className={classes.was}>{parameterText(field.before)}</del>
              )}
              {!field.same &&
                field.before !== undefined &&
                field.after !== undefined &&
                ' → '}
              {!field.same && field.after !== undefined && (
                <ins className={classes.is}>{parameterText(field.after)}</ins>
              )}
              {props.defaults?.has(field.path) && (
                <Muted>
                  {' '}
                  {props.over
                    ? t('parameters.isDefaultNow')
                    : t('parameters.isDefault')}
                </Muted>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
