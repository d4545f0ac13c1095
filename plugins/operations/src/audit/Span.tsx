import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { DAY, HOUR, SelectField, styles } from '../components';

import { auditMessages } from './messages';

const SPANS = { '1h': HOUR, '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY };

export type SpanName = keyof typeof SPANS;
const NAMES = Object.keys(SPANS) as SpanName[];

const isSpan = (span: string | undefined): span is SpanName =>
  span !== undefined && Object.hasOwn(SPANS, span);

/** When a span begins, counted back from now; undefined for all of time. */
export function spanStart(span: string | undefined): string | undefined {
  return isSpan(span)
    ? new Date(Date.now() - SPANS[span]).toISOString()
    : undefined;
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
  const { t } = useTranslationRef(auditMessages);
  return (
    <SelectField
      className={classes.root}
      fullWidth={false}
      value={isSpan(props.value) ? props.value : 'all'}
      onChange={span => props.onChange(span === 'all' ? undefined : span)}
      inputProps={{ 'aria-label': t('span.label') }}
      SelectProps={{ MenuProps: { getContentAnchorEl: null } }}
      choices={[
        ['all', t('span.all')],
        ...NAMES.map(value => [value, t(`span.${value}`)] as const),
      ]}
    />
  );
}
