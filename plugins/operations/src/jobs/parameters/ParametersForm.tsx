import { useEffect, useMemo, useState } from 'react';
import Ajv2020 from 'ajv/dist/2020';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import Form from '@rjsf/material-ui';
import { getDefaultFormState } from '@rjsf/utils';
import { customizeValidator } from '@rjsf/validator-ajv8';
import { styles } from '../../components/styles';
import { useInsist } from '../../components/actions/insist';
import { jobMessages } from '../messages';
import { DateTimeWidget } from './DateTimeWidget';
import { formSchema } from './formSchema';
import { asSent, ID, problemsOf, shownProblems } from './problems';
import { GroupTitle, List } from './templates';

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
    '& .MuiFormGroup-root label': { marginRight: theme.spacing(2) },
    // the library leaves them in the second colour, which ours have nowhere
    '& .MuiCheckbox-colorSecondary.Mui-checked, & .MuiRadio-colorSecondary.Mui-checked':
      { color: theme.palette.primary.main },
  },
}));

const WIDGETS = { DateTimeWidget };
const TEMPLATES = {
  TitleFieldTemplate: GroupTitle,
  ArrayFieldTemplate: List,
};

/** The form itself. It is not a `<form>`, since it is within one. */
export function ParametersForm(props: {
  schema: Record<string, unknown>;
  initial: Record<string, unknown>;
  onChange: (parameters: Parameters) => void;
}) {
  const { t } = useTranslationRef(jobMessages);
  const classes = useStyles();
  const insist = useInsist();
  const { schema, rules, uiSchema } = useMemo(
    () => formSchema(props.schema, list => t('parameters.item', { list })),
    [props.schema, t],
  );
  const [value, setValue] = useState<Record<string, unknown>>(
    () =>
      getDefaultFormState(validator, schema, props.initial) as Record<
        string,
        unknown
      >,
  );
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const problems = useMemo(
    () => problemsOf(validator, rules, asSent(value), t('parameters.inexact')),
    [rules, value, t],
  );
  const { onChange } = props;

  useEffect(() => {
    onChange({ value: asSent(value), valid: problems.length === 0 });
  }, [onChange, problems, value]);

  return (
    <fieldset className={classes.root}>
      <legend>{t('parameters.title')}</legend>
      <Form
        tagName="div"
        idPrefix={ID}
        schema={schema}
        uiSchema={uiSchema}
        widgets={WIDGETS}
        templates={TEMPLATES}
        formData={value}
        validator={validator}
        noValidate
        extraErrors={shownProblems(problems, touched, insist)}
        showErrorList={false}
        onChange={({ formData }) => setValue(formData ?? {})}
        onBlur={id => setTouched(known => new Set(known).add(id))}
      >
        {/* replaces the library's own submit button */}
        <></>
      </Form>
    </fieldset>
  );
}
