import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import MenuItem from '@material-ui/core/MenuItem';
import { ActionDialog, SelectField, TextField } from '../components';
import type { Flag } from '@craft-easy/backstage-plugin-operations-common';
import { KnownField } from '../known/KnownField';
import { useKnown } from '../known/useKnown';
import { flagMessages } from './messages';
import { servedText } from './words';

type FlagType = Flag['type'];

const EXAMPLE: Record<FlagType, string> = {
  boolean: '{ "on": true, "off": false }',
  string: '{ "blue": "#0000ff", "green": "#00ff00" }',
  number: '{ "slow": 10, "fast": 100 }',
  object: '{ "small": { "rows": 10 }, "large": { "rows": 50 } }',
};

/** as the owner of a flag */
const TEAM = 'group:default/payments';

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
  const { t } = useTranslationRef(flagMessages);
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
    : t('create.key.problem');
  const knownOwner = useKnown('owner', owner);
  const ownerProblem =
    !owner.trim() || /^[a-z]+:[\w.-]+\/[\w.-]+$/i.test(owner.trim())
      ? undefined
      : t('create.owner.problem', { example: TEAM });
  const standardProblem =
    variants && !(standard in variants)
      ? t('create.defaultVariant.problem')
      : undefined;

  return (
    <ActionDialog
      action="flag.create"
      onClose={props.onClose}
      title={
        key.trim()
          ? t('create.title', { key: key.trim() })
          : t('create.titleWithoutKey')
      }
      button={t('create.button')}
      facts={[t('create.global'), t('create.default')]}
      valid={
        !!variants &&
        !keyProblem &&
        !ownerProblem &&
        !standardProblem &&
        knownOwner.usable
      }
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
        t('create.outcome', {
          key: flag.key,
          variant: servedText(t, flag.serving),
        })
      }
    >
      {insist => (
        <>
          <TextField
            label={t('create.key.label')}
            required
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            value={key}
            onChange={event => setKey(event.target.value)}
            error={(insist || key !== '') && keyProblem !== undefined}
            helperText={keyProblem ?? t('create.key.help')}
          />
          <TextField
            label={t('create.description.label')}
            multiline
            value={description}
            onChange={event => setDescription(event.target.value)}
          />
          <SelectField
            label={t('create.type.label')}
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
            label={t('create.variants.label')}
            multiline
            required
            value={variantsText}
            onChange={event => setVariantsText(event.target.value)}
            error={!variants}
            helperText={
              variants
                ? t('create.variants.help')
                : t('create.variants.problem', { example: EXAMPLE[type] })
            }
          />
          <TextField
            select={variants !== undefined}
            label={t('create.defaultVariant.label')}
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
          <KnownField
            known={knownOwner}
            insist={insist}
            label={t('create.owner.label')}
            value={owner}
            onChange={setOwner}
            error={ownerProblem !== undefined}
            helperText={
              ownerProblem ?? t('create.owner.help', { example: TEAM })
            }
          />
          <TextField
            label={t('create.tags.label')}
            value={tags}
            onChange={event => setTags(event.target.value)}
            helperText={t('create.tags.help')}
          />
          <TextField
            type="date"
            label={t('create.removeBy.label')}
            InputLabelProps={{ shrink: true }}
            value={staleAfter}
            onChange={event => setStaleAfter(event.target.value)}
            helperText={t('create.removeBy.help')}
          />
        </>
      )}
    </ActionDialog>
  );
}
