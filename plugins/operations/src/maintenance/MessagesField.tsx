import Button from '@material-ui/core/Button';
import IconButton from '@material-ui/core/IconButton';
import DeleteIcon from '@material-ui/icons/DeleteOutlined';
import { styles, TextField } from '../components';

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
  message: Message,
  all: readonly Message[],
): string | undefined {
  const language = message.language.trim();
  if (!message.text.trim()) return undefined;
  if (!LANGUAGE.test(language)) return 'As en, sv, pt-BR';
  const same = (other: Message) =>
    other !== message &&
    other.text.trim() &&
    other.language.trim().toLowerCase() === language.toLowerCase();
  return all.some(same) ? 'Twice' : undefined;
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
  const { value, onChange } = props;
  const put = (at: number, change: Partial<Message>) =>
    onChange(value.map((m, i) => (i === at ? { ...m, ...change } : m)));
  return (
    <div>
      {value.map((message, i) => {
        const problem = messageProblem(message, value);
        const where = value.length > 1 ? ` (${message.language})` : '';
        return (
          // rows have no other identity than their place
          // eslint-disable-next-line react/no-array-index-key
          <div key={i} className={classes.row}>
            <TextField
              label="Language"
              value={message.language}
              onChange={event => put(i, { language: event.target.value })}
              error={problem !== undefined}
              helperText={problem}
            />
            <TextField
              label={`Message to users${where}`}
              multiline
              inputProps={{ maxLength: 500 }}
              value={message.text}
              onChange={event => put(i, { text: event.target.value })}
              helperText={
                i === 0
                  ? "Plain text, shown on the tenant's pages beside the times."
                  : undefined
              }
            />
            {value.length > 1 ? (
              <IconButton
                size="small"
                aria-label={`Remove the message${where}`}
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
        size="small"
        onClick={() => onChange([...value, { language: '', text: '' }])}
      >
        In another language
      </Button>
    </div>
  );
}
