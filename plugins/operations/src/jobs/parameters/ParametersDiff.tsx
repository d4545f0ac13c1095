import { makeStyles } from '@material-ui/core/styles';
import { tones } from '../../components/tones';
import { diffParameters } from './diff';

const useStyles = makeStyles(
  theme => ({
    root: {
      width: '100%',
      borderCollapse: 'collapse',
      fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
      fontSize: '0.8125rem',
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
      color: tones(theme).bad.text,
      backgroundColor: tones(theme).bad.tint,
      textDecoration: 'line-through',
      padding: '0 4px',
    },
    is: {
      color: tones(theme).good.text,
      backgroundColor: tones(theme).good.tint,
      textDecoration: 'none',
      padding: '0 4px',
    },
  }),
  { name: 'OperationsParametersDiff' },
);

/** Parameters by name; with `before`, what was taken out and put in. */
export function ParametersDiff(props: {
  before: Record<string, unknown> | undefined;
  after: Record<string, unknown>;
}) {
  const classes = useStyles();
  const changes = diffParameters(props.before, props.after);
  return (
    <table className={classes.root} aria-label="Parameters">
      <tbody>
        {changes.map(change => (
          <tr key={change.name}>
            <th scope="row">{change.name}</th>
            <td>
              {change.kind === 'same' && change.after}
              {change.before !== undefined && (
                <del className={classes.was}>{change.before}</del>
              )}
              {change.kind === 'changed' && ' → '}
              {change.kind !== 'same' && change.after !== undefined && (
                <ins className={classes.is}>{change.after}</ins>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
