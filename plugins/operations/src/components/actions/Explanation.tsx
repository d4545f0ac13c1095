import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Typography from '@material-ui/core/Typography';
import { Link } from '@backstage/core-components';
import { commonMessages } from '../messages';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { Capability } from '@craft-easy/backstage-plugin-operations-common/internal';
import { useReasonText } from '../reasons/words';
import { Holders } from '../../access/Holders';

/** Explains why the user may not act, and whom to ask. */
export function Explanation(props: { capability: Capability }) {
  const { t } = useTranslationRef(commonMessages);
  const { rule, permission, contact } = props.capability;
  const reason = useReasonText()(props.capability);
  return (
    <>
      {rule && (
        <Typography variant="caption" color="textSecondary" component="p">
          {t(`actions.rule.${rule}`)}
        </Typography>
      )}
      <Typography variant="body2">{reason}</Typography>
      {permission && <Holders permission={permission} />}
      {contact && (
        <Typography variant="body2" component="p" style={{ marginTop: 8 }}>
          {t('actions.ask', { contact: <Contact contact={contact} /> })}
        </Typography>
      )}
    </>
  );
}

/** Whom to ask or page, as a link where there is one. */
export function Contact(props: {
  contact: NonNullable<Capability['contact']>;
}) {
  const { title, url, entityRef } = props.contact;
  if (url) return <Link to={url}>{title}</Link>;
  if (entityRef) return <EntityRefLink entityRef={entityRef} title={title} />;
  return <>{title}</>;
}
