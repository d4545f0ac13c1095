import { DAY, HOUR, SelectField, styles } from '../components';

const SPANS: Record<string, { text: string; ms: number }> = {
  '1h': { text: 'last hour', ms: HOUR },
  '24h': { text: 'last 24 hours', ms: DAY },
  '7d': { text: 'last 7 days', ms: 7 * DAY },
  '30d': { text: 'last 30 days', ms: 30 * DAY },
};

/** When a span begins, counted back from now; undefined for all of time. */
export function spanStart(span: string | undefined): string | undefined {
  const ms = span && SPANS[span]?.ms;
  return ms ? new Date(Date.now() - ms).toISOString() : undefined;
}

const useStyles = styles('Span', {
  // as tall, and of the same type, as the facets beside this field
  root: {
    '& .MuiSelect-root': {
      padding: '6px 30px 6px 10px',
      fontSize: '0.8125rem',
      lineHeight: 1.4,
    },
  },
});

/** Chooses how far back to look. */
export function Span(props: {
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  const classes = useStyles();
  return (
    <SelectField
      className={classes.root}
      fullWidth={false}
      value={props.value && SPANS[props.value] ? props.value : 'all'}
      onChange={span => props.onChange(span === 'all' ? undefined : span)}
      inputProps={{ 'aria-label': 'How far back' }}
      SelectProps={{ MenuProps: { getContentAnchorEl: null } }}
      choices={[
        ['all', 'any time'],
        ...Object.entries(SPANS).map(
          ([value, { text }]) => [value, text] as const,
        ),
      ]}
    />
  );
}
