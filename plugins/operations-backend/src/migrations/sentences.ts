import type { Migrations } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { MigrationComponent } from '@craft-easy/backstage-plugin-operations-common';
import { isKnown } from './evaluateComponent';

/** "Has this deploy settled?", for an environment. `components` come worst first. */
export function sentenceOf(
  environment: string,
  components: MigrationComponent[],
): Migrations['environments'][number] {
  const open = components.filter(c => c.state !== 'settled');
  if (open.length === 0) {
    const n = components.length;
    return {
      environment,
      settled: true,
      sentence: `${environment} has settled: ${n} ${
        n === 1 ? 'component' : 'components'
      }`,
    };
  }
  const [worst] = open;
  const more = open.length > 1 ? `, and ${open.length - 1} more` : '';
  const lead = open.some(c => isKnown(c.state))
    ? `${environment} has not settled`
    : `Whether ${environment} has settled is not known`;
  return {
    environment,
    settled: false,
    sentence: `${lead}: ${worst.component} is ${words(worst.state)}${more}`,
  };
}

/** The answer of the gate for a component. */
export function settledSentence(component: MigrationComponent): string {
  const name = `${component.component} in ${component.environment}`;
  if (component.state === 'settled') return `${name} has settled`;
  const why = component.reasons[0] ? `: ${component.reasons[0]}` : '';
  return `${name} is ${words(component.state)}${why}`;
}

function words(state: string): string {
  return state.replace(/-/g, ' ');
}
