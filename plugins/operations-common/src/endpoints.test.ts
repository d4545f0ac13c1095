import {
  endpointsByCapability,
  operationsEndpoints,
  type Endpoint,
} from './endpoints';

const all = Object.entries(operationsEndpoints as Record<string, Endpoint>);

describe('[house.3] the table of endpoints', () => {
  it('names each operation once, by a verb and its noun', () => {
    const ids = all.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+([A-Z][a-z]+)+$/);
  });

  it('holds the endpoints of every capability, and none twice', () => {
    const keys = Object.values(endpointsByCapability).flatMap(Object.keys);
    expect(keys.sort()).toEqual(all.map(([key]) => key).sort());
  });

  it.each(all)('describes %s by an imperative with its noun', (_, endpoint) => {
    expect(endpoint.summary).toMatch(/^[A-Z][a-z]+ [^.]+[^.]$/);
    expect(endpoint.description ?? 'None.').toMatch(/^[A-Z].*\.$/s);
  });

  it('has nothing that changes something and is no audited action, but for facts that services report', () => {
    const others = all.filter(
      ([key, { kind }]) => !key.startsWith('GET ') && kind !== undefined,
    );
    expect(others.map(([key, { kind }]) => `${key}: ${kind}`).sort()).toEqual([
      'POST /audit/verification: query',
      'POST /caches/:target/previews: query',
      'POST /checkin/:job/claim: intake',
      'POST /checkin/:job/finish: intake',
      'POST /checkin/:job/log: intake',
      'POST /checkin/:job/progress: intake',
      'POST /checkin/:job/start: intake',
      'POST /checkin/:job: intake',
      'POST /migrations/reports: intake',
      'POST /run-bulks/preview: query',
      'POST /webhook-failures/reports: intake',
      'POST /webhook-replays/claims: intake',
      'POST /webhook-replays/commands/:id/outcome: intake',
    ]);
  });

  it('asks every action for a reason', () => {
    const actions = all.filter(
      ([key, { kind }]) => !key.startsWith('GET ') && kind === undefined,
    );
    expect(actions.length).toBeGreaterThan(20);
    for (const [key, { body }] of actions) {
      const { error } = body!.safeParse({ reason: 'short' });
      expect([key, error?.issues.some(i => i.path[0] === 'reason')]).toEqual([
        key,
        true,
      ]);
    }
  });
});
