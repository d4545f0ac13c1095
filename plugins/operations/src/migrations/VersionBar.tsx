import { makeStyles, useTheme } from '@material-ui/core/styles';
import type { MigrationComponent } from '@craft-easy/backstage-plugin-operations-common';
import { tones, type Tone } from '../components/tones';

const useStyles = makeStyles(
  {
    bar: { display: 'flex', height: 6, borderRadius: 3, overflow: 'hidden' },
    text: { fontSize: '0.8125rem', fontVariantNumeric: 'tabular-nums' },
  },
  { name: 'OperationsVersionBar' },
);

const ORDER: Tone[] = ['busy', 'warn', 'odd', 'neutral'];

/** Which versions are running, and on how many instances: one colour is a deploy that is through. */
export function VersionBar(props: {
  versions: MigrationComponent['versions'];
}) {
  const classes = useStyles();
  const palette = tones(useTheme());
  if (props.versions.length === 0) return <>none running</>;
  return (
    <div>
      <div className={classes.bar} aria-hidden>
        {props.versions.map(({ version, instances }, i) => (
          <span
            key={version}
            style={{
              flex: instances,
              backgroundColor: palette[ORDER[Math.min(i, 3)]].solid,
            }}
          />
        ))}
      </div>
      <span className={classes.text}>
        {props.versions.map(v => `${v.version} × ${v.instances}`).join(', ')}
      </span>
    </div>
  );
}
