import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Checkbox from '@material-ui/core/Checkbox';
import ListItemText from '@material-ui/core/ListItemText';
import MenuItem from '@material-ui/core/MenuItem';
import TextField from '../../components/TextField';
import { listText } from '../../components/format';
import { jobMessages } from '../messages';

/** Stands for all of them among the choices; no tenant has such a name. */
const ALL = ' ';

/** Asks for whom a job is run: one of its tenants, several, or all. */
export function TenantsField(props: {
  known: string[];
  value: string[];
  onChange: (tenants: string[]) => void;
  insist: boolean;
}) {
  const { t } = useTranslationRef(jobMessages);
  const { known, value } = props;
  const isMissing = props.insist && value.length === 0;
  const isAll = known.length > 1 && value.length === known.length;
  const choose = (chosen: string[]) => {
    if (!chosen.includes(ALL)) props.onChange(chosen);
    else props.onChange(isAll ? [] : [...known]);
  };
  return (
    <TextField
      select
      required
      label={t('dialog.run.tenants')}
      id="operations-run-tenant"
      value={value}
      error={isMissing}
      helperText={isMissing && t('dialog.run.tenantMissing')}
      SelectProps={{
        multiple: true,
        renderValue: () =>
          isAll
            ? t('dialog.run.allTenants', { n: known.length })
            : listText(value),
        onChange: event => choose(event.target.value as string[]),
      }}
    >
      {known.length > 1 && (
        <MenuItem value={ALL}>
          <Checkbox color="primary" size="small" checked={isAll} />
          <ListItemText
            primary={t('dialog.run.allTenants', { n: known.length })}
          />
        </MenuItem>
      )}
      {known.map(name => (
        <MenuItem key={name} value={name}>
          <Checkbox
            color="primary"
            size="small"
            checked={value.includes(name)}
          />
          <ListItemText primary={name} />
        </MenuItem>
      ))}
    </TextField>
  );
}
