import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { visibleText } from '@craft-easy/backstage-plugin-operations-common/internal';
import { CopyButton } from './MiddleTruncate';
import { commonMessages } from './messages';
import { RoundedNote } from './RoundedNote';
import { ScrollablePre } from './ScrollablePre';
import { monospace, styles } from './styles';

const useStyles = styles('Json', theme => ({
  root: { position: 'relative' },
  code: {
    margin: 0,
    maxHeight: 320,
    overflow: 'auto',
    padding: theme.spacing(1, 5, 1, 1.5),
    borderRadius: theme.shape.borderRadius,
    border: `1px solid ${theme.palette.divider}`,
    ...monospace,
    lineHeight: 1.5,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
  copy: { position: 'absolute', right: 4, top: 4 },
}));

/**
 * Shows a value as indented JSON, to be read and copied: misleading characters are shown as signs,
 * and copied as they are.
 */
export function Json(props: { value: unknown; label: string }) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  const text =
    typeof props.value === 'string'
      ? props.value
      : JSON.stringify(props.value, null, 2);
  return (
    <div className={classes.root}>
      <ScrollablePre className={classes.code} label={props.label}>
        {visibleText(text)}
      </ScrollablePre>
      <CopyButton
        text={text}
        label={t('copy.named', { what: props.label })}
        className={classes.copy}
      />
      <RoundedNote value={props.value} />
    </div>
  );
}
