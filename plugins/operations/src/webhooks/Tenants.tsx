import { useTranslationRef } from '@backstage/frontend-plugin-api';
import ButtonBase from '@material-ui/core/ButtonBase';
import type { WebhookSummary } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  bareList,
  choice,
  MiddleTruncate,
  muted,
  numberText,
  styles,
  tones,
} from '../components';
import { webhookMessages } from './messages';

/** the filter lists all tenants */
const SHOWN = 5;

const useStyles = styles('WebhookTenants', theme => ({
  root: { ...bareList, fontSize: '0.875rem' },
  tenant: {
    ...choice(theme),
    position: 'relative',
    display: 'flex',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    padding: theme.spacing(0.5, 1),
    borderRadius: theme.shape.borderRadius,
  },
  // behind the text: the tenant's share of all failures
  share: {
    position: 'absolute',
    left: 0,
    top: 2,
    bottom: 2,
    minWidth: 2,
    borderRadius: 2,
    backgroundColor: tones(theme).bad.solid,
    opacity: 0.14,
  },
  count: { fontWeight: 600, fontVariantNumeric: 'tabular-nums' },
  quiet: { padding: theme.spacing(0.5, 1), ...muted(theme) },
}));

/**
 * The number of failures of each tenant, the most first; choosing one filters the page. Renders
 * nothing for a single tenant.
 */
export function Tenants(props: {
  tenants: WebhookSummary['tenants'];
  selected: string[];
  onSelect: (tenant: string[]) => void;
}) {
  const classes = useStyles();
  const { t } = useTranslationRef(webhookMessages);
  const { tenants, selected } = props;
  if (tenants.length < 2) return null;
  const [{ count: most }] = tenants;
  return (
    <ul className={classes.root} aria-label={t('tenants.title')}>
      {tenants.slice(0, SHOWN).map(({ value, count }) => {
        const on = selected.includes(value);
        return (
          <li key={value}>
            <ButtonBase
              className={classes.tenant}
              aria-pressed={on}
              onClick={() => props.onSelect(on ? [] : [value])}
            >
              <span
                className={classes.share}
                style={{ width: `${(count / most) * 100}%` }}
              />
              <MiddleTruncate text={value} />{' '}
              <span className={classes.count}>{numberText(count)}</span>
            </ButtonBase>
          </li>
        );
      })}
      {tenants.length > SHOWN && (
        <li className={classes.quiet}>
          {t('tenants.more', { count: tenants.length - SHOWN })}
        </li>
      )}
    </ul>
  );
}
