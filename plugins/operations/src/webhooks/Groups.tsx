import { useTranslationRef } from '@backstage/frontend-plugin-api';
import ButtonBase from '@material-ui/core/ButtonBase';
import type { WebhookSummary } from '@craft-easy/backstage-plugin-operations-common/internal';
import { bareList, choice, framed, muted, styles } from '../components/styles';
import { MiddleTruncate } from '../components/MiddleTruncate';
import { RelativeTime } from '../components/RelativeTime';
import { Skeleton } from '../components/Skeleton';
import { numberText } from '../components/format';
import { hairline, tones } from '../components/tones';
import { HourBars } from './HourBars';
import { webhookMessages } from './messages';
import { errorWord } from './words';

const useStyles = styles('WebhookGroups', theme => ({
  root: {
    ...bareList,
    ...framed(theme),
    maxHeight: 560,
    overflowY: 'auto',
    '& > li + li': { borderTop: hairline(theme) },
  },
  group: {
    ...choice(theme),
    display: 'block',
    padding: theme.spacing(1, 1.5),
    fontSize: '0.875rem',
  },
  line: {
    display: 'flex',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    minWidth: 0,
  },
  count: { fontWeight: 600, fontVariantNumeric: 'tabular-nums' },
  quiet: muted(theme),
  down: { color: tones(theme).bad.text },
}));

/** The filters that choosing a group sets. */
export interface GroupFilter {
  tenant: string;
  endpoint: string;
  error: string;
}

/** Lists failures by endpoint and error, the largest group first; choosing one filters the list. */
export function Groups(props: {
  summary: WebhookSummary | undefined;
  selected: (group: GroupFilter) => boolean;
  onSelect: (group: GroupFilter) => void;
}) {
  const classes = useStyles();
  const { t } = useTranslationRef(webhookMessages);
  const { summary } = props;
  if (!summary) return <Skeleton width="100%" height={120} />;
  if (summary.groups.length === 0) return null;
  const lastHour = summary.hours[summary.hours.length - 1].hour;
  return (
    <>
      <ul className={classes.root} aria-label={t('groups.title')}>
        {summary.groups.map(group => {
          const filter: GroupFilter = {
            tenant: group.tenant,
            endpoint: group.endpoint,
            error: `${group.errorClass}:${group.errorCode}`,
          };
          const selected = props.selected(filter);
          const error = errorWord(t, group.errorClass, group.errorCode);
          return (
            <li key={Object.values(filter).join(' ')}>
              <ButtonBase
                className={classes.group}
                aria-pressed={selected}
                onClick={() => props.onSelect(filter)}
              >
                <span className={classes.line}>
                  <MiddleTruncate
                    text={`${group.tenant} · ${group.endpoint}`}
                  />
                  <span className={classes.count}>
                    {numberText(group.count)}
                  </span>
                </span>
                <span className={`${classes.line} ${classes.quiet}`}>
                  <span>
                    {error}
                    {group.endpointState === 'down' && (
                      <span className={classes.down}>
                        {' · '}
                        {group.circuit
                          ? t('groups.downWithCircuit', {
                              circuit: group.circuit,
                            })
                          : t('groups.down')}
                      </span>
                    )}
                    {group.endpointState === 'disabled' && (
                      <span className={classes.down}>
                        {' · '}
                        {t('groups.gone')}
                      </span>
                    )}
                  </span>
                  <RelativeTime at={group.lastFailedAt} />
                </span>
                <HourBars
                  counts={group.hours}
                  lastHour={lastHour}
                  height={16}
                  label={t('chart.title')}
                />
              </ButtonBase>
            </li>
          );
        })}
      </ul>
      {summary.groupCount > summary.groups.length && (
        <p className={classes.quiet}>
          {t('groups.largest', {
            shown: summary.groups.length,
            total: summary.groupCount,
          })}
        </p>
      )}
    </>
  );
}
