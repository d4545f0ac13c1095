import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';
import { lookAtElementsAlone } from './__testUtils__/cheapStyles';

lookAtElementsAlone();
// A page is many elements, and machines that run tests are busy: what is waited for is an event, so
// a longer limit costs nothing where all is well.
configure({ asyncUtilTimeout: 10_000 });
jest.setTimeout(30_000);
