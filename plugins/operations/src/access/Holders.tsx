import Typography from '@material-ui/core/Typography';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { PermissionHolder } from '@craft-easy/backstage-plugin-operations-common/internal';
import { useMyPermissions } from './useMay';

/** Lists who has a permission that the user lacks, so that the user knows whom to ask. */
export function Holders(props: { permission: string }) {
  const mine = useMyPermissions();
  const one = mine?.items.find(item => item.permission === props.permission);
  if (!one) return null;
  return (
    <Typography variant="body2" component="div" style={{ marginTop: 8 }}>
      {one.condition && <p>You have it for {one.condition}.</p>}
      {one.holders.length > 0 ? (
        <>
          Who may {one.title}:
          <ul style={{ margin: '4px 0', paddingLeft: 20 }}>
            {one.holders.map(holder => (
              <li key={`${holder.entityRef} ${holder.condition}`}>
                <Holder holder={holder} />
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p>
          {mine?.holdersKnown
            ? 'No group has it; services may.'
            : 'Ask whoever keeps this portal who has it.'}
        </p>
      )}
    </Typography>
  );
}

function Holder({ holder }: { holder: PermissionHolder }) {
  const { entityRef, condition } = holder;
  return (
    <>
      {entityRef ? <EntityRefLink entityRef={entityRef} /> : 'owners'}
      {condition && `, ${condition}`}
    </>
  );
}
