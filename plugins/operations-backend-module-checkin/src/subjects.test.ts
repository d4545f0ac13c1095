import { mockServices } from '@backstage/backend-test-utils';
import { readCheckinSettings } from './settings';
import { ownerAfter } from './subjects';

const read = (checkin: object) =>
  readCheckinSettings(
    mockServices.rootConfig({ data: { operations: { checkin } } }),
  );

describe('who may report for which job', () => {
  const { subjects } = read({
    subjects: [
      { subject: 'db-1', jobs: ['backup'], prefixes: ['db-'] },
      { subject: 'data', owners: ['group:default/Data'] },
      {
        subject: 'growth',
        prefixes: ['growth-'],
        owner: 'group:default/growth',
      },
    ],
  });
  const after = (
    subject: string,
    job: string,
    known?: string,
    named?: string,
  ) => ownerAfter(subjects.get(subject), job, known, named);

  it('goes by the name of the job, its beginning, or its owner', () => {
    expect(after('db-1', 'backup')).toBeUndefined();
    expect(after('db-1', 'db-vacuum', 'group:default/dba')).toBe(
      'group:default/dba',
    );
    expect(after('data', 'export', 'group:default/data')).toBe(
      'group:default/data',
    );
    expect(after('data', 'new')).toBe('group:default/data');
    expect(after('growth', 'growth-mail')).toBe('group:default/growth');
  });

  it('[checkin.4] refuses who is not listed, and a job that is another one’s', () => {
    const refusals: Array<Parameters<typeof after>> = [
      ['nobody', 'backup'],
      ['db-1', 'backups'],
      ['data', 'export', 'group:default/growth'],
      ['data', 'export', ''],
      ['data', 'export', 'group:default/growth', 'group:default/data'],
      ['growth', 'export', 'group:default/growth'],
    ];
    for (const refusal of refusals) {
      expect(() => after(...refusal)).toThrow(/may not report for the job/);
    }
  });

  it('[checkin.4] gives no job away that has an owner, and none to an owner that is not listed', () => {
    expect(() =>
      after('db-1', 'backup', 'group:default/dba', 'group:default/data'),
    ).toThrow('The job backup belongs to group:default/dba');
    expect(() =>
      after('growth', 'growth-mail', undefined, 'group:default/data'),
    ).toThrow('may not give a job to group:default/data');
    expect(after('growth', 'growth-mail', '', 'group:default/growth')).toBe(
      'group:default/growth',
    );
  });
});

describe('the settings', () => {
  it.each<[object, RegExp]>([
    [
      { subject: [] },
      /operations\.checkin\.subject is no setting; did you mean `subjects`/,
    ],
    [
      { subjects: [{ subject: 'a' }] },
      /subjects\[0\]: jobs, prefixes or owners/,
    ],
    [
      { subjects: [{ subject: 'a', jobs: ['a b'] }] },
      /subjects\[0\]: a b: a name/,
    ],
    [
      { subjects: [{ subject: 'a', owners: ['data'] }] },
      /owners: data is no entity reference/,
    ],
    [
      {
        subjects: [
          { subject: 'a', jobs: ['a'] },
          { subject: 'a', jobs: ['b'] },
        ],
      },
      /subjects\[1\]: a is listed twice/,
    ],
    [{ maxJobs: 0 }, /maxJobs: a number above 0/],
  ])('refuse %j', (checkin, message) => {
    expect(() => read(checkin)).toThrow(message);
  });
});
