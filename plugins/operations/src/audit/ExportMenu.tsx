import { useState } from 'react';
import Button from '@material-ui/core/Button';
import ListItemText from '@material-ui/core/ListItemText';
import Menu from '@material-ui/core/Menu';
import MenuItem from '@material-ui/core/MenuItem';
import GetApp from '@material-ui/icons/GetApp';
import { useApi } from '@backstage/core-plugin-api';
import { operationsApiRef } from '../api';
import { errorText } from '../components/errors';
import { useOutcome } from '../components/Outcomes';
import { saveFile } from '../components/saveFile';

const FILES = [
  {
    title: 'As a table (CSV)',
    about: 'what the filters match',
    name: 'audit.csv',
    path: (filters: string) => `/audit/export?format=csv&${filters}`,
  },
  {
    title: 'As lines of JSON',
    about: 'what the filters match',
    name: 'audit.jsonl',
    path: (filters: string) => `/audit/export?format=jsonl&${filters}`,
  },
  {
    title: 'The chain',
    about: 'every row with its hash, to be verified elsewhere',
    name: 'audit-chain.jsonl',
    path: () => '/audit/chain',
  },
  {
    title: 'Kept checkpoints',
    about: 'signed states of the trail, to be kept elsewhere',
    name: 'audit-checkpoints.jsonl',
    path: () => '/audit/checkpoints/export',
  },
  {
    title: 'A checkpoint of now',
    about: 'the present state, signed',
    name: 'audit-checkpoint.json',
    path: () => '/audit/checkpoint',
  },
  {
    title: 'Public keys',
    about: 'by which checkpoints are verified',
    name: 'audit-keys.json',
    path: () => '/audit/keys',
  },
];

/** The trail, or what proves it, as a file. @param props - `filters`: as the query of the API */
export function ExportMenu(props: { filters: string }) {
  const api = useApi(operationsApiRef);
  const show = useOutcome();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const save = async (file: (typeof FILES)[number]) => {
    setAnchor(null);
    try {
      // by a request of ours, since only that carries the token: a plain link would be refused
      saveFile(file.name, await api.download(file.path(props.filters)));
    } catch (error) {
      show({ text: `${file.title}: not exported: ${errorText(error)}` });
    }
  };
  return (
    <>
      <Button
        size="small"
        variant="outlined"
        startIcon={<GetApp />}
        aria-haspopup="menu"
        onClick={event => setAnchor(event.currentTarget)}
      >
        Export
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
            <ListItemText primary={file.title} secondary={file.about} />
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
