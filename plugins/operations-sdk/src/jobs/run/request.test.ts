import { readRequest } from './request';

describe('a queued job', () => {
  const request = {
    v: 1,
    runId: 'run-1',
    trigger: 'manual',
    triggeredBy: 'user:default/oskar',
    parameters: { a: 1 },
  };

  it('is read as the request that it carries under its own id', () => {
    expect(readRequest('job', { id: 'run-1', data: request })).toEqual({
      runId: 'run-1',
      request,
    });
  });

  it('loses its claims when it is a copy under another id', () => {
    expect(readRequest('job', { id: '17', data: request })).toEqual({
      runId: 'job.17',
      request: { v: 1, parameters: { a: 1 } },
    });
  });

  it('without a request is a run whose parameters are its data', () => {
    expect(readRequest('job', { id: '3', data: { month: '11' } })).toEqual({
      runId: 'job.3',
      request: { v: 1, parameters: { month: '11' } },
    });
    expect(readRequest('job', { id: '4', data: 'text' })).toEqual({
      runId: 'job.4',
      request: { v: 1, parameters: undefined },
    });
  });

  it('that claims to be a request and does not read as one says what is wrong', () => {
    expect(
      readRequest('job', { id: '5', data: { v: 1, tenant: '../x' } }).problem,
    ).toMatch(/^tenant: /);
    expect(readRequest('job', { id: '6', data: { v: 2 } }).problem).toMatch(
      /^v: /,
    );
  });
});
