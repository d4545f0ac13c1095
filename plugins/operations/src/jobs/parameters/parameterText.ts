import { visibleText } from '@craft-easy/backstage-plugin-operations-common/internal';
import { canonical } from '../../components/differences';

/** The value of a parameter as its JSON. */
export function parameterText(value: unknown): string {
  return visibleText(canonical(value) ?? '');
}
