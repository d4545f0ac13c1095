import { useTranslationRef } from '@backstage/frontend-plugin-api';
import ChevronLeft from '@material-ui/icons/ChevronLeft';
import ChevronRight from '@material-ui/icons/ChevronRight';
import { commonMessages } from '../messages';
import { quietText, styles, wrapped } from '../styles';
import type { Paging } from '../../hooks/usePaging';
import { Button } from '../buttons';

const useStyles = styles('Pager', theme => ({
  root: {
    ...wrapped,
    justifyContent: 'flex-end',
    gap: theme.spacing(1),
    color: quietText(theme),
    fontSize: '0.875rem',
    fontVariantNumeric: 'tabular-nums',
  },
}));

/**
 * Shows the position in a long list, with buttons to the other pages; nothing where all fits on one
 * page.
 */
export function Pager(props: {
  paging: Paging;
  shown: number;
  total: number;
  nextCursor?: string;
  /** the name of the list */
  label: string;
}) {
  const { t } = useTranslationRef(commonMessages);
  const classes = useStyles();
  const { paging, shown, total, nextCursor, label } = props;
  const from = (paging.page - 1) * paging.pageSize;
  if (paging.page === 1 && !nextCursor) return null;
  return (
    <nav
      className={classes.root}
      aria-label={t('table.pages', { list: label })}
    >
      <span>
        {t('table.range', { from: from + 1, to: from + shown, total })}
      </span>
      {paging.page > 1 && (
        <Button rank="tertiary" onClick={paging.first}>
          {t('table.first')}
        </Button>
      )}
      {paging.previous && (
        <Button
          rank="tertiary"
          startIcon={<ChevronLeft />}
          onClick={paging.previous}
        >
          {t('table.previous')}
        </Button>
      )}
      {nextCursor && (
        <Button
          rank="tertiary"
          endIcon={<ChevronRight />}
          onClick={() => paging.next(nextCursor)}
        >
          {t('table.next')}
        </Button>
      )}
    </nav>
  );
}
