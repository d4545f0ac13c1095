import { derivedRunId } from '@craft-easy/backstage-plugin-operations-protocol';
import { readRequest } from './request';

const timestamp = 1795482840000;

describe('a queued job', () => {
  const request = {
    v: 1,
    runId: 'run-1',
    trigger: 'manual',
    triggeredBy: 'user:default/oskar',
    parameters: { a: 1 },
  };

  it('is read as the request that it carries under its own id', () => {
    expect(
      readRequest('job', { id: 'run-1', timestamp, data: request }),
    ).toEqual({
      runId: 'run-1',
      request,
    });
  });

  it('loses its claims when it is a copy under another id', () => {
    expect(readRequest('job', { id: '17', timestamp, data: request })).toEqual({
      runId: derivedRunId('job', '17', timestamp),
      request: { v: 1, parameters: { a: 1 } },
    });
  });

  it('without a request is a run whose parameters are its data', () => {
    expect(
      readRequest('job', { id: '3', timestamp, data: { month: '11' } }),
    ).toEqual({
      runId: derivedRunId('job', '3', timestamp),
      request: { v: 1, parameters: { month: '11' } },
    });
    expect(readRequest('job', { id: '4', timestamp, data: 'text' })).toEqual({
      runId: derivedRunId('job', '4', timestamp),
      request: { v: 1, parameters: undefined },
    });
  });

  it('that claims to be a request and does not read as one says what is wrong', () => {
    expect(
      readRequest('job', { id: '5', timestamp, data: { v: 1, tenant: ' x' } })
        .problem,
    ).toMatch(/^tenant: /);
    expect(
      readRequest('job', { id: '6', timestamp, data: { v: 2 } }).problem,
    ).toMatch(/^v: /);
  });
});
