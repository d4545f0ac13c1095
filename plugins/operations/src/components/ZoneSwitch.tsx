import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { commonMessages } from './messages';
import { bareButton, muted, styles } from './styles';
import { viewerZone, ZONE_CHOICES, type ZoneChoice } from './zone';

const useStyles = styles('ZoneSwitch', theme => ({
  root: {
    ...muted(theme),
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'baseline',
    justifyContent: 'flex-end',
    gap: theme.spacing(0.5, 1.5),
    marginTop: theme.spacing(2),
    '& button': { ...bareButton, padding: '4px 0' },
  },
  chosen: {
    color: theme.palette.text.primary,
    textDecoration: 'underline',
    textUnderlineOffset: 3,
  },
}));

/** Chooses the zone in which all times of Operations are written. */
export function ZoneSwitch(props: {
  value: ZoneChoice;
  onChange: (next: ZoneChoice) => void;
}) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  return (
    <div
      className={classes.root}
      role="group"
      aria-label={t('time.show.label')}
    >
      <span aria-hidden>{t('time.show.label')}</span>
      {ZONE_CHOICES.map(choice => (
        <button
          key={choice}
          type="button"
          aria-pressed={choice === props.value}
          className={choice === props.value ? classes.chosen : undefined}
          onClick={() => props.onChange(choice)}
        >
          {t(`time.show.${choice}`, { zone: viewerZone() })}
        </button>
      ))}
    </div>
  );
}
