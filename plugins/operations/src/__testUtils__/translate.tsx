import type { ReactNode } from 'react';
import { errorApiRef } from '@backstage/core-plugin-api';
import {
  translationApiRef,
  type TranslationRef,
} from '@backstage/frontend-plugin-api';
import { mockApis, MockErrorApi, TestApiProvider } from '@backstage/test-utils';
import type { TFunction } from '../components/messages';

const translations = mockApis.translation();
const errors = new MockErrorApi();

/** Says the English messages of a ref, for the tests of pure functions. */
export function tOf<R extends TranslationRef>(ref: R): TFunction<R> {
  const snapshot = translations.getTranslation(ref);
  if (!snapshot.ready) throw new Error(`${ref.id} is not ready`);
  return snapshot.t as TFunction<R>;
}

/** For components that a test renders without a page: they say the English messages. */
export function InEnglish(props: { children: ReactNode }) {
  return (
    <TestApiProvider
      apis={[
        [translationApiRef, translations],
        [errorApiRef, errors],
      ]}
    >
      {props.children}
    </TestApiProvider>
  );
}
