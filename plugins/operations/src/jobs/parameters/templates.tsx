import { useTranslationRef } from '@backstage/frontend-plugin-api';
import IconButton from '@material-ui/core/IconButton';
import Add from '@material-ui/icons/Add';
import Close from '@material-ui/icons/Close';
import type {
  ArrayFieldTemplateItemType,
  ArrayFieldTemplateProps,
  TitleFieldProps,
} from '@rjsf/utils';
import { muted, styles } from '../../components/styles';
import { Muted } from '../../components/text';
import { jobMessages } from '../messages';
import { Button } from '../../components';

const useStyles = styles('ParametersTemplates', theme => ({
  title: { margin: theme.spacing(1, 0, 0.5), fontSize: '0.875rem' },
  item: { display: 'flex', alignItems: 'flex-start', gap: theme.spacing(1) },
  n: {
    ...muted(theme),
    width: '2ch',
    textAlign: 'right',
    paddingTop: theme.spacing(2.25),
  },
  field: { flex: 1, minWidth: 0 },
}));

/** The title of a group of fields: smaller than that of the dialog. */
export function GroupTitle(props: TitleFieldProps) {
  const classes = useStyles();
  return (
    <div id={props.id} className={classes.title}>
      {props.title}
      {props.required && ' *'}
    </div>
  );
}

/** A list, item below item. */
export function List(props: ArrayFieldTemplateProps) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const title = props.uiSchema?.['ui:title'] ?? props.title;
  return (
    <div role="group" aria-label={title}>
      <div className={classes.title}>
        {title}
        {props.required && ' *'}
      </div>
      {props.schema.description && (
        <Muted small>{props.schema.description}</Muted>
      )}
      {props.items.map(({ key, ...item }) => (
        <Item key={key} {...item} />
      ))}
      {props.canAdd && (
        <Button
          rank="tertiary"
          startIcon={<Add />}
          onClick={props.onAddClick}
          disabled={props.disabled || props.readonly}
        >
          {t('parameters.add', { list: title })}
        </Button>
      )}
    </div>
  );
}

function Item(props: Omit<ArrayFieldTemplateItemType, 'key'>) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const n = props.index + 1;
  return (
    <div className={classes.item}>
      <span className={classes.n} aria-hidden>
        {n}
      </span>
      <div className={classes.field}>{props.children}</div>
      {props.hasRemove && (
        <IconButton
          size="small"
          style={{ marginTop: 10 }}
          aria-label={t('parameters.remove', { n: String(n) })}
          onClick={props.onDropIndexClick(props.index)}
          disabled={props.disabled || props.readonly}
        >
          <Close fontSize="small" />
        </IconButton>
      )}
    </div>
  );
}
