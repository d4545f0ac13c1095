import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';
import { digestOf, KnownItem, reconcile } from './reconcile';

const fact = (key: string, title = 'It failed'): AttentionFact => ({
  key,
  kind: 'last-run-failed',
  severity: 'high',
  title,
  subject: { kind: 'job', ref: 'bullmq/x', title: 'x' },
  since: new Date(0),
  place: { kind: 'job', engine: 'bullmq', name: 'x' },
});

const known = (key: string, closedAt?: number): KnownItem => ({
  id: `item-${key}-${closedAt ?? 'open'}`,
  factKey: key,
  closedAt,
  digest: digestOf(fact(key)),
});

describe('reconcile', () => {
  it('opens what is new, closes what is gone and leaves alone what is the same', () => {
    expect(reconcile([fact('a'), fact('b')], [known('b'), known('c')])).toEqual(
      {
        open: [fact('a')],
        reopen: [],
        update: [],
        close: [known('c')],
      },
    );
  });

  it('updates what reads differently', () => {
    const result = reconcile([fact('a', 'It failed again')], [known('a')]);
    expect(result.update).toEqual([
      { item: known('a'), fact: fact('a', 'It failed again') },
    ]);
  });

  it('opens a flapping fact as the item that it was, the youngest of several', () => {
    const result = reconcile([fact('a')], [known('a', 5), known('a', 9)]);
    expect(result.open).toEqual([]);
    expect(result.reopen).toEqual([{ item: known('a', 9), fact: fact('a') }]);
  });

  it('takes a fact that a source tells twice for one', () => {
    expect(reconcile([fact('a'), fact('a')], []).open).toHaveLength(1);
  });

  it('does not close twice what is closed', () => {
    expect(reconcile([], [known('a', 5)]).close).toEqual([]);
  });
});
