import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Phone from '@material-ui/icons/Phone';
import { ButtonLink } from '../components';
import { jobMessages } from './messages';

/** The way to whoever is on call, where nothing else may be done about a failure. */
export function PageOnCall(props: {
  contact: { title: string; url: string };
  size?: 'small' | 'medium';
}) {
  const { t } = useTranslationRef(jobMessages);
  const { contact, size = 'small' } = props;
  return (
    <ButtonLink
      to={contact.url}
      size={size}
      rank="primary"
      startIcon={<Phone />}
    >
      {t('manualRun.pageButton', { contact: contact.title })}
    </ButtonLink>
  );
}
