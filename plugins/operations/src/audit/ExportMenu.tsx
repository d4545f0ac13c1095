import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import ListItemText from '@material-ui/core/ListItemText';
import Menu from '@material-ui/core/Menu';
import MenuItem from '@material-ui/core/MenuItem';
import GetApp from '@material-ui/icons/GetApp';
import { useApi } from '@backstage/core-plugin-api';
import type { OperationsInput } from '@craft-easy/backstage-plugin-operations-common';
import {
  operationsApiRef,
  type OperationsApi,
} from '@craft-easy/backstage-plugin-operations-react';
import {
  errorText,
  useErrorT,
  saveFile,
  useOutcome,
  Button,
} from '../components';
import { auditMessages } from './messages';

/** The filters of the export; its format comes from the menu. */
export type AuditFilters = Omit<
  NonNullable<OperationsInput<'GET /audit/export'>['query']>,
  'format'
>;

interface File {
  key: 'csv' | 'jsonl' | 'chain' | 'checkpoints' | 'checkpoint' | 'keys';
  name: string;
  load: (api: OperationsApi, filters: AuditFilters) => Promise<Blob>;
}

const exported = (format: 'csv' | 'jsonl'): File => ({
  key: format,
  name: `audit.${format}`,
  load: (api, filters) =>
    api.download('GET /audit/export', { query: { format, ...filters } }),
});

const FILES: File[] = [
  exported('csv'),
  exported('jsonl'),
  {
    key: 'chain',
    name: 'audit-chain.jsonl',
    load: api => api.download('GET /audit/chain'),
  },
  {
    key: 'checkpoints',
    name: 'audit-checkpoints.jsonl',
    load: api => api.download('GET /audit/checkpoints/export'),
  },
  {
    key: 'checkpoint',
    name: 'audit-checkpoint.json',
    load: api => api.download('GET /audit/checkpoint'),
  },
  {
    key: 'keys',
    name: 'audit-keys.json',
    load: api => api.download('GET /audit/keys'),
  },
];

/** Saves the audit trail, or what proves it, as a file. */
export function ExportMenu(props: { filters: AuditFilters }) {
  const { t } = useTranslationRef(auditMessages);
  const errorT = useErrorT();
  const api = useApi(operationsApiRef);
  const show = useOutcome();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const save = async (file: File) => {
    setAnchor(null);
    try {
      // a plain link would carry no token, and be refused
      saveFile(file.name, await file.load(api, props.filters));
    } catch (error) {
      show({
        text: t('export.failure', {
          file: t(`export.${file.key}.title`),
          reason: errorText(errorT, error),
        }),
      });
    }
  };
  return (
    <>
      <Button
        startIcon={<GetApp />}
        aria-haspopup="menu"
        onClick={event => setAnchor(event.currentTarget)}
      >
        {t('export.button')}
      </Button>
      <Menu
        open={anchor !== null}
        anchorEl={anchor}
        getContentAnchorEl={null}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'left' }}
        onClose={() => setAnchor(null)}
      >
        {FILES.map(file => (
          <MenuItem key={file.name} dense onClick={() => save(file)}>
            <ListItemText
              primary={t(`export.${file.key}.title`)}
              secondary={t(`export.${file.key}.about`)}
            />
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
