import { useState } from 'react';
import MenuItem from '@material-ui/core/MenuItem';
import { ActionDialog, SelectField, TextField } from '../components';
import type { Flag } from '@craft-easy/backstage-plugin-operations-common';

type FlagType = Flag['type'];

const EXAMPLE: Record<FlagType, string> = {
  boolean: '{ "on": true, "off": false }',
  string: '{ "blue": "#0000ff", "green": "#00ff00" }',
  number: '{ "slow": 10, "fast": 100 }',
  object: '{ "small": { "rows": 10 }, "large": { "rows": 50 } }',
};

const TYPES = Object.keys(EXAMPLE) as FlagType[];

/** Reads the variants; undefined if the text is not an object with values of the type. */
function readVariants(
  text: string,
  type: FlagType,
): Flag['variants'] | undefined {
  try {
    const value = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return undefined;
    }
    const all = Object.values(value);
    // eslint-disable-next-line valid-typeof
    return all.length > 0 && all.every(v => typeof v === type && v !== null)
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

/** The tags in a text, each once. */
function tagsOf(text: string): string[] {
  const tags = text.split(',').map(tag => tag.trim());
  return [...new Set(tags.filter(Boolean))];
}

/** Creates a flag, which serves its default until somebody switches it. */
export function CreateFlagDialog(props: { onClose: () => void }) {
  const [key, setKey] = useState('');
  const [type, setType] = useState<FlagType>('boolean');
  const [description, setDescription] = useState('');
  const [owner, setOwner] = useState('');
  const [tags, setTags] = useState('');
  const [staleAfter, setStaleAfter] = useState('');
  const [variantsText, setVariantsText] = useState(EXAMPLE.boolean);
  const [standard, setStandard] = useState('off');

  const variants = readVariants(variantsText, type);
  const keyProblem = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(key.trim())
    ? undefined
    : 'Letters, digits, dot, dash, underscore';
  const ownerProblem =
    !owner.trim() || /^[a-z]+:[\w.-]+\/[\w.-]+$/i.test(owner.trim())
      ? undefined
      : 'As group:default/payments';
  const standardProblem =
    variants && !(standard in variants) ? 'One of the variants' : undefined;

  return (
    <ActionDialog
      action="flag.create"
      onClose={props.onClose}
      title={`Create flag ${key.trim()}`}
      button="Create"
      facts={[
        'It is global: every tenant and user gets the same.',
        'It serves its default until somebody switches it.',
      ]}
      valid={!!variants && !keyProblem && !ownerProblem && !standardProblem}
      endpoint="POST /flags"
      body={() => ({
        key: key.trim(),
        type,
        description,
        owner: owner.trim() || undefined,
        tags: tagsOf(tags),
        variants: variants!,
        defaultVariant: standard,
        staleAfter: staleAfter ? new Date(staleAfter).toISOString() : undefined,
      })}
      outcome={({ flag }) =>
        `Flag ${flag.key} exists, and serves ${flag.serving}.`
      }
    >
      {insist => (
        <>
          <TextField
            label="Key"
            required
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            value={key}
            onChange={event => setKey(event.target.value)}
            error={(insist || key !== '') && keyProblem !== undefined}
            helperText={keyProblem ?? 'As code names it; it cannot be changed.'}
          />
          <TextField
            label="What it is for"
            multiline
            value={description}
            onChange={event => setDescription(event.target.value)}
          />
          <SelectField
            label="Type"
            value={type}
            onChange={next => {
              setType(next);
              setVariantsText(EXAMPLE[next]);
              const names = Object.keys(JSON.parse(EXAMPLE[next]));
              setStandard(next === 'boolean' ? 'off' : names[0]);
            }}
            choices={TYPES.map(name => [name, name])}
          />
          <TextField
            label="Variants"
            multiline
            required
            value={variantsText}
            onChange={event => setVariantsText(event.target.value)}
            error={!variants}
            helperText={
              variants
                ? 'Name and value of each, as JSON.'
                : `JSON such as ${EXAMPLE[type]}`
            }
          />
          <TextField
            select={variants !== undefined}
            label="Default"
            required
            value={standard}
            onChange={event => setStandard(event.target.value)}
            error={standardProblem !== undefined}
            helperText={standardProblem}
          >
            {Object.keys(variants ?? {}).map(name => (
              <MenuItem key={name} value={name}>
                {name}
              </MenuItem>
            ))}
          </TextField>
          <TextField
            label="Owner"
            value={owner}
            onChange={event => setOwner(event.target.value)}
            error={ownerProblem !== undefined}
            helperText={
              ownerProblem ?? 'Whom to ask, e.g. group:default/payments'
            }
          />
          <TextField
            label="Tags"
            value={tags}
            onChange={event => setTags(event.target.value)}
            helperText="Separated by commas."
          />
          <TextField
            type="date"
            label="To be gone by"
            InputLabelProps={{ shrink: true }}
            value={staleAfter}
            onChange={event => setStaleAfter(event.target.value)}
            helperText="After that it is called stale, and asks for attention."
          />
        </>
      )}
    </ActionDialog>
  );
}
