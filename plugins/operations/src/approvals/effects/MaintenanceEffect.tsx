import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { OperationsInput } from '@craft-easy/backstage-plugin-operations-common';
import { BannerPreview, beginFacts } from '../../maintenance/begin';
import { maintenanceMessages } from '../../maintenance/messages';
import { scopeText } from '../../maintenance/words';
import { fieldsOf } from '../request';
import { FactList } from './FactList';
import type { EffectProps } from './props';

type Asked = Partial<OperationsInput<'POST /maintenance'>['body']>;

/** What the window will do, and the banner that users will see. */
export function MaintenanceEffect({ of }: EffectProps) {
  const { t } = useTranslationRef(maintenanceMessages);
  const { scope, mode, startsAt, endsAt, messages } = fieldsOf(
    of.parameters,
  ) as Asked;
  if (!scope || !mode) return null;
  const [message = ''] = Object.values(messages ?? {});
  return (
    <>
      <FactList
        facts={beginFacts(t, { scope: scopeText(t, scope), mode, startsAt })}
      />
      <BannerPreview mode={mode} message={message} endsAt={endsAt} />
    </>
  );
}
