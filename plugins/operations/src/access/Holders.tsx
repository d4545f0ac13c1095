import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Typography from '@material-ui/core/Typography';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { PermissionHolder } from '@craft-easy/backstage-plugin-operations-common/internal';
import { useMyPermissions } from './useMay';
import { commonMessages } from '../components/messages';

/** Lists who has a permission that the user lacks, so that the user knows whom to ask. */
export function Holders(props: { permission: string }) {
  const { t } = useTranslationRef(commonMessages);
  const { mine } = useMyPermissions();
  const one = mine?.items.find(item => item.permission === props.permission);
  if (!one) return null;
  return (
    <Typography variant="body2" component="div" style={{ marginTop: 8 }}>
      {one.condition && (
        <p>{t('access.condition', { condition: one.condition })}</p>
      )}
      {one.holders.length > 0 ? (
        <>
          {t('access.holders', { action: one.title })}
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
          {mine?.holdersKnown ? t('access.nobody') : t('access.askOperator')}
        </p>
      )}
    </Typography>
  );
}

function Holder({ holder }: { holder: PermissionHolder }) {
  const { t } = useTranslationRef(commonMessages);
  const { entityRef, condition } = holder;
  const who = entityRef ? (
    <EntityRefLink entityRef={entityRef} />
  ) : (
    <>{t('access.owners')}</>
  );
  return condition ? t('access.with', { holder: who, condition }) : who;
}
