import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';
import { lookAtElementsAlone } from './__testUtils__/cheapStyles';

lookAtElementsAlone();
// A page has many elements, and machines that run tests are busy. Tests wait for events, so a
// longer limit costs nothing where all is well.
configure({ asyncUtilTimeout: 10_000 });
jest.setTimeout(30_000);
