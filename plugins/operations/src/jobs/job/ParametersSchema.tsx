import { visibleText } from '@craft-easy/backstage-plugin-operations-common/internal';
import { DataTable, type Column } from '../../components/table';

interface Parameter {
  name: string;
  type: string;
  required: boolean;
  fallback: string | undefined;
  description: string | undefined;
}

const COLUMNS: Array<Column<Parameter>> = [
  { title: 'Parameter', phone: 'head', render: row => <code>{row.name}</code> },
  { title: 'Type', render: row => row.type },
  { title: 'Required', render: row => (row.required ? 'yes' : 'no') },
  {
    title: 'Default',
    render: row =>
      row.fallback === undefined ? '–' : <code>{row.fallback}</code>,
  },
  {
    title: 'Description',
    phone: 'head',
    render: row => row.description ?? '–',
  },
];

/** The parameters of a job, from its JSON Schema. */
export function ParametersSchema(props: { schema: Record<string, unknown> }) {
  const rows = parametersOf(props.schema);
  if (rows.length === 0) return null;
  return (
    <div style={{ marginTop: 16 }}>
      <DataTable
        label="Parameters"
        what="parameters"
        columns={COLUMNS}
        rows={rows}
        rowKey={row => row.name}
        empty={null}
      />
    </div>
  );
}

function parametersOf(schema: Record<string, unknown>): Parameter[] {
  const properties = asObject(schema.properties);
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([name, value]) => {
    const property = asObject(value);
    return {
      name: visibleText(name),
      type: visibleText(typeText(property)),
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

function typeText(property: Record<string, unknown>): string {
  if (Array.isArray(property.enum))
    return property.enum.map(String).join(' | ');
  if (property.type === 'array') {
    return `list of ${typeText(asObject(property.items))}`;
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
