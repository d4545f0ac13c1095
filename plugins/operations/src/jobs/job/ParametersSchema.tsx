import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { visibleText } from '@craft-easy/backstage-plugin-operations-common/internal';
import { DataTable, type Column } from '../../components/table';
import { jobMessages, type JobT } from '../messages';

interface Parameter {
  name: string;
  type: string;
  required: boolean;
  fallback: string | undefined;
  description: string | undefined;
}

function parameterColumns(t: JobT): Array<Column<Parameter>> {
  return [
    {
      title: t('parameters.columns.name'),
      phone: 'head',
      render: row => <code>{row.name}</code>,
    },
    { title: t('parameters.columns.type'), render: row => row.type },
    {
      title: t('parameters.columns.required'),
      render: row => (row.required ? t('parameters.yes') : t('parameters.no')),
    },
    {
      title: t('parameters.columns.fallback'),
      render: row =>
        row.fallback === undefined ? '–' : <code>{row.fallback}</code>,
    },
    {
      title: t('parameters.columns.description'),
      phone: 'head',
      render: row => row.description ?? '–',
    },
  ];
}

/** The parameters of a job, from its JSON Schema. */
export function ParametersSchema(props: { schema: Record<string, unknown> }) {
  const { t } = useTranslationRef(jobMessages);
  const rows = parametersOf(t, props.schema);
  if (rows.length === 0) return null;
  return (
    <div style={{ marginTop: 16 }}>
      <DataTable
        label={t('parameters.title')}
        failure={t('parameters.failure')}
        columns={parameterColumns(t)}
        rows={rows}
        rowKey={row => row.name}
        empty={null}
      />
    </div>
  );
}

function parametersOf(t: JobT, schema: Record<string, unknown>): Parameter[] {
  const properties = asObject(schema.properties);
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([name, value]) => {
    const property = asObject(value);
    return {
      name: visibleText(name),
      type: visibleText(typeText(t, property)),
      required: required.includes(name),
      fallback:
        property.default === undefined
          ? undefined
          : visibleText(JSON.stringify(property.default)),
      description:
        typeof property.description === 'string'
          ? property.description
          : undefined,
    };
  });
}

function typeText(t: JobT, property: Record<string, unknown>): string {
  if (Array.isArray(property.enum))
    return property.enum.map(String).join(' | ');
  if (property.type === 'array') {
    return t('parameters.listOf', {
      type: typeText(t, asObject(property.items)),
    });
  }
  const type = [property.type ?? 'any'].flat().join(' | ');
  return typeof property.format === 'string'
    ? `${type} (${property.format})`
    : type;
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
