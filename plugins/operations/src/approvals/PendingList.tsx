import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { bareList, styles, tinted } from '../components/styles';
import { useRowKeys } from '../components/table';
import { approvalMessages } from './messages';
import { RequestItem } from './RequestItem';

const useStyles = styles('PendingList', theme => ({
  list: {
    ...bareList,
    ...tinted(theme, 'warn'),
    borderRadius: theme.shape.borderRadius,
    padding: theme.spacing(0, 2),
    marginBottom: theme.spacing(2),
  },
}));

/** Requests that wait, a row each: whoever asked can withdraw it, the second person can decide. */
export function PendingList(props: { items: Approval[] }) {
  const { t } = useTranslationRef(approvalMessages);
  const classes = useStyles();
  const rowKeys = useRowKeys<HTMLUListElement>();
  return (
    <ul {...rowKeys} className={classes.list} aria-label={t('list.pending')}>
      {props.items.map(item => (
        <RequestItem key={item.id} of={item} brief />
      ))}
    </ul>
  );
}
