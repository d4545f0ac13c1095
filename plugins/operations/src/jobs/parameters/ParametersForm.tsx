import { useEffect, useMemo, useState } from 'react';
import Ajv2020 from 'ajv/dist/2020';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Form from '@rjsf/material-ui';
import { getDefaultFormState, type RJSFSchema } from '@rjsf/utils';
import { customizeValidator } from '@rjsf/validator-ajv8';
import { styles } from '../../components/styles';
import { jobMessages } from '../messages';

/** The parameters typed so far, and whether the schema allows them. */
export interface Parameters {
  value: Record<string, unknown>;
  valid: boolean;
}

// The protocol's schemas are of draft 2020-12, which the library's default does not support.
const validator = customizeValidator({ AjvClass: Ajv2020 });

const useStyles = styles('ParametersForm', theme => ({
  root: {
    border: `1px solid ${theme.palette.divider}`,
    borderRadius: theme.shape.borderRadius,
    padding: theme.spacing(0.5, 2, 1.5),
    margin: 0,
    minWidth: 0,
    '& legend': { padding: theme.spacing(0, 0.5), fontSize: '0.8125rem' },
    '& .MuiFormControl-root': { width: '100%' },
    // boxes within boxes say nothing here
    '& .MuiPaper-root': { boxShadow: 'none', backgroundImage: 'none' },
  },
}));

/** The form itself. It is not a `<form>`, since it is within one. */
export function ParametersForm(props: {
  schema: Record<string, unknown>;
  initial: Record<string, unknown>;
  onChange: (parameters: Parameters) => void;
}) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const schema = useMemo<RJSFSchema>(() => {
    const { $schema: _draft, title: _title, ...rest } = props.schema;
    return rest;
  }, [props.schema]);
  const [value, setValue] = useState<Record<string, unknown>>(
    () =>
      getDefaultFormState(validator, schema, props.initial) as Record<
        string,
        unknown
      >,
  );
  const { onChange } = props;

  useEffect(() => {
    onChange({ value, valid: validator.isValid(schema, value, schema) });
  }, [onChange, schema, value]);

  return (
    <fieldset className={classes.root}>
      <legend>{t('parameters.title')}</legend>
      <Form
        tagName="div"
        idPrefix="parameters"
        schema={schema}
        formData={value}
        validator={validator}
        liveValidate
        showErrorList={false}
        onChange={({ formData }) => setValue(formData ?? {})}
      >
        {/* replaces the library's own submit button */}
        <></>
      </Form>
    </fieldset>
  );
}
