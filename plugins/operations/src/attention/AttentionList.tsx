import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useTheme, type Theme } from '@material-ui/core/styles';
import ErrorOutline from '@material-ui/icons/ErrorOutline';
import InfoOutlined from '@material-ui/icons/InfoOutlined';
import ReportOutlined from '@material-ui/icons/ReportOutlined';
import WarningOutlined from '@material-ui/icons/ReportProblemOutlined';
import Typography from '@material-ui/core/Typography';
import type {
  AttentionItem,
  AttentionSeverity,
} from '@craft-easy/backstage-plugin-operations-common';
import { bareList, quietText, styles, wrapped } from '../components/styles';
import { Person } from '../components/Person';
import { RelativeTime } from '../components/RelativeTime';
import { hairline, tones } from '../components/tones';
import { Hidden } from '../components/text';
import { ItemActions } from './ItemActions';
import { attentionMessages } from './messages';
import { PlaceLink } from './places';

/** One grid for all items, so that times and actions of every kind stand below one another. */
const grid = (theme: Theme) => ({
  display: 'grid',
  gridTemplateColumns: 'max-content minmax(0, 1fr) max-content max-content',
  columnGap: theme.spacing(1.5),
  [theme.breakpoints.down('sm')]: {
    gridTemplateColumns: 'max-content minmax(0, 1fr)',
  },
});

const WITHIN = {
  display: 'grid',
  gridColumn: '1 / -1',
  gridTemplateColumns: 'subgrid',
};

const useStyles = styles('AttentionList', theme => ({
  groups: {
    ...grid(theme),
    rowGap: theme.spacing(1.5),
    '& > section, & > section > ul': WITHIN,
    '& > section > h3': { gridColumn: '1 / -1' },
  },
  list: { ...bareList, ...grid(theme) },
  // on a card there is no room for a column of times
  brief: {
    [theme.breakpoints.up('md')]: {
      gridTemplateColumns: 'max-content minmax(0, 1fr) max-content',
      '& $since': { gridColumn: 2, gridRow: 2 },
      '& $actions': { gridColumn: 3, gridRow: '1 / span 2' },
    },
  },
  item: {
    ...WITHIN,
    alignItems: 'center',
    rowGap: 4,
    padding: theme.spacing(1, 0),
    '& + &': { borderTop: hairline(theme) },
    [theme.breakpoints.down('sm')]: { '& > *': { gridColumn: 2 } },
  },
  mark: {
    display: 'inline-flex',
    [theme.breakpoints.down('sm')]: { gridColumn: '1 !important' },
  },
  words: { minWidth: 0 },
  title: { fontWeight: 500, overflowWrap: 'anywhere' },
  detail: { color: quietText(theme), overflowWrap: 'anywhere' },
  since: {
    color: quietText(theme),
    fontVariantNumeric: 'tabular-nums',
  },
  actions: { ...wrapped, gap: theme.spacing(0.5) },
}));

/** Lists below one another, each in a section with its heading, with the same columns. */
export function AttentionGroups(props: { children: ReactNode }) {
  return <div className={useStyles().groups}>{props.children}</div>;
}

/** Lists items, a line each: how urgent, what, since when, and what to do. */
export function AttentionList(props: {
  items: AttentionItem[];
  label: string;
  brief?: boolean;
}) {
  const { t } = useTranslationRef(attentionMessages);
  const classes = useStyles();
  return (
    <ul
      className={`${classes.list} ${props.brief ? classes.brief : ''}`}
      aria-label={props.label}
    >
      {props.items.map(item => (
        <li key={item.id} className={classes.item}>
          <span className={classes.mark}>
            <SeverityMark severity={item.severity} />
          </span>
          <div className={classes.words}>
            <Typography
              variant="body2"
              component="div"
              className={classes.title}
            >
              <PlaceLink place={item.place}>{item.title}</PlaceLink>
              {item.count > 1 && (
                <Typography variant="caption" color="textSecondary">
                  {' '}
                  {t('item.times', { count: item.count })}
                </Typography>
              )}
            </Typography>
            {item.detail && (
              <Typography
                variant="caption"
                component="div"
                className={classes.detail}
              >
                {item.detail}
              </Typography>
            )}
            {item.acknowledgement && (
              <Typography
                variant="caption"
                component="div"
                color="textSecondary"
              >
                <Acknowledgement state={item.state} of={item.acknowledgement} />
              </Typography>
            )}
          </div>
          <Typography variant="caption" className={classes.since}>
            <RelativeTime at={item.since} />
          </Typography>
          <div className={classes.actions}>
            <ItemActions item={item} brief={props.brief} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function Acknowledgement(props: {
  state: AttentionItem['state'];
  of: NonNullable<AttentionItem['acknowledgement']>;
}) {
  const { t } = useTranslationRef(attentionMessages);
  const { by, reason, until } = props.of;
  const person = <Person of={by} />;
  if (props.state !== 'snoozed') {
    return t('item.acknowledged', { person, reason });
  }
  return until
    ? t('item.snoozedUntil', {
        person,
        reason,
        time: <RelativeTime at={until} />,
      })
    : t('item.snoozed', { person, reason });
}

const LOOK = {
  critical: { icon: ReportOutlined, tone: 'bad' },
  high: { icon: ErrorOutline, tone: 'bad' },
  normal: { icon: WarningOutlined, tone: 'warn' },
  low: { icon: InfoOutlined, tone: 'neutral' },
} as const;

/**
 * Shows how urgent an item is: by shape and colour, by the word on hover and for screen readers.
 */
function SeverityMark({ severity }: { severity: AttentionSeverity }) {
  const { t } = useTranslationRef(attentionMessages);
  const { icon: Icon, tone } = LOOK[severity];
  const color = tones(useTheme())[tone].solid;
  return (
    <span
      style={{ color, display: 'inline-flex' }}
      title={t(`item.severity.${severity}`)}
    >
      <Icon fontSize="small" aria-hidden />
      <Hidden>
        {t('item.severityFirst', {
          severity: t(`item.severity.${severity}`),
        })}
      </Hidden>
    </span>
  );
}
