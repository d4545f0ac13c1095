import Typography from '@material-ui/core/Typography';
import { Link } from '@backstage/core-components';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { Capability } from '@craft-easy/backstage-plugin-operations-common/internal';
import { Holders } from '../../access/Holders';

const KIND: Record<NonNullable<Capability['rule']>, string> = {
  contract: 'A rule of the job',
  permission: 'A permission you do not have',
  state: 'Not possible in its present state',
  engine: 'The engine cannot be reached',
  capability: 'The job does not offer this',
};

/** Explains why the user may not act, and whom to ask. */
export function Explanation(props: { capability: Capability }) {
  const { reason, rule, permission, contact } = props.capability;
  return (
    <>
      {rule && (
        <Typography variant="caption" color="textSecondary" component="p">
          {KIND[rule]}
        </Typography>
      )}
      <Typography variant="body2">{reason}</Typography>
      {permission && <Holders permission={permission} />}
      {contact && (
        <Typography variant="body2" component="p" style={{ marginTop: 8 }}>
          Ask <Contact contact={contact} />
        </Typography>
      )}
    </>
  );
}

/** Whom to ask or page, as a link where there is one. */
function Contact(props: { contact: NonNullable<Capability['contact']> }) {
  const { title, url, entityRef } = props.contact;
  if (url) return <Link to={url}>{title}</Link>;
  if (entityRef) return <EntityRefLink entityRef={entityRef} title={title} />;
  return <>{title}</>;
}
