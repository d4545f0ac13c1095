import { useTranslationRef } from '@backstage/frontend-plugin-api';
import IconButton from '@material-ui/core/IconButton';
import DeleteIcon from '@material-ui/icons/DeleteOutlined';
import { styles, TextField, Button } from '../components';
import { maintenanceMessages, type MaintenanceT } from './messages';

const useStyles = styles('MaintenanceMessages', theme => ({
  row: {
    display: 'grid',
    gridTemplateColumns: '96px 1fr auto',
    gap: theme.spacing(1),
    alignItems: 'start',
    marginBottom: theme.spacing(1),
  },
}));

/** A message to users in one language, as it is being typed. */
export interface Message {
  language: string;
  text: string;
}

const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/**
 * The problem of a message among the others; undefined: there is none, or the message is empty and
 * left out.
 */
export function messageProblem(
  t: MaintenanceT,
  message: Message,
  all: readonly Message[],
): string | undefined {
  const language = message.language.trim();
  if (!message.text.trim()) return undefined;
  if (!LANGUAGE.test(language)) return t('messages.notLanguage');
  const same = (other: Message) =>
    other !== message &&
    other.text.trim() &&
    other.language.trim().toLowerCase() === language.toLowerCase();
  return all.some(same) ? t('messages.twice') : undefined;
}

/** The messages as the API takes them. */
export function messagesOf(all: readonly Message[]): Record<string, string> {
  return Object.fromEntries(
    all
      .filter(({ text }) => text.trim())
      .map(({ language, text }) => [language.trim(), text.trim()]),
  );
}

/** Edits the messages to users, a line per language. */
export function MessagesField(props: {
  value: Message[];
  onChange: (value: Message[]) => void;
}) {
  const classes = useStyles();
  const { t } = useTranslationRef(maintenanceMessages);
  const { value, onChange } = props;
  const put = (at: number, change: Partial<Message>) =>
    onChange(value.map((m, i) => (i === at ? { ...m, ...change } : m)));
  return (
    <div>
      {value.map((message, i) => {
        const problem = messageProblem(t, message, value);
        const { language } = message;
        return (
          // rows have no other identity than their place
          // eslint-disable-next-line react/no-array-index-key
          <div key={i} className={classes.row}>
            <TextField
              label={t('messages.language')}
              value={language}
              onChange={event => put(i, { language: event.target.value })}
              error={problem !== undefined}
              helperText={problem}
            />
            <TextField
              label={
                value.length > 1
                  ? t('messages.messageIn', { language })
                  : t('messages.message')
              }
              multiline
              inputProps={{ maxLength: 500 }}
              value={message.text}
              onChange={event => put(i, { text: event.target.value })}
              helperText={i === 0 ? t('messages.help') : undefined}
            />
            {value.length > 1 ? (
              <IconButton
                size="small"
                aria-label={t('messages.remove', { language })}
                onClick={() => onChange(value.filter((_, j) => j !== i))}
              >
                <DeleteIcon fontSize="small" />
              </IconButton>
            ) : (
              <span />
            )}
          </div>
        );
      })}
      <Button
        rank="tertiary"
        onClick={() => onChange([...value, { language: '', text: '' }])}
      >
        {t('messages.add')}
      </Button>
    </div>
  );
}
