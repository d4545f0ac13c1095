import type { Api } from './Api';
import type { Ask, Facts } from './Facts';
import type { Findings, Subject } from './Findings';

/** A reader looks ten times a second, and a control ends on its own clock. */
const END_TOLERANCE_MS = 250;
/** What was ended early must reach the readers, once nothing is in its way. */
const EARLY_END_TOLERANCE_MS = 5_000;
/** An accepted control is in force at each reader after so long, where nothing is in its way. */
const BEGIN_TOLERANCE_MS = 3_000;

/** A control as its requests say: in force at most from `from` to `to`. */
interface Control {
  name: string;
  from: number;
  to: number;
  /** since when it is accepted; absent where nobody knows whether it was */
  acceptedAt?: number;
}

/** Controls: when readers saw them in force, against what the API was asked for and accepted. */
export function checkControls(facts: Facts, findings: Findings): void {
  check(facts, 'overrides', overrides(facts), findings);
  check(facts, 'windows', windows(facts), findings);
  check(facts, 'flags', flags(facts), findings);
}

/** An override by its id; one whose answer nobody got has no id that a reader could name. */
function overrides(facts: Facts): Control[] {
  return facts.accepted('override').map(ask => {
    const { id } = ask.final!.body.override;
    return { name: `override:${id}`, ...spanOf(facts, ask, 'override', id) };
  });
}

function windows(facts: Facts): Control[] {
  return asked(facts, 'window').map(ask => ({
    name: `window:${ask.body.scope.tenant}`,
    ...spanOf(facts, ask, 'window', ask.final?.body.window?.id),
  }));
}

function flags(facts: Facts): Control[] {
  return asked(facts, 'flag').map(ask => ({
    name: `flag:${ask.path.split('/')[2]}`,
    from: ask.askedAt,
    to: Date.parse(ask.body.until) + END_TOLERANCE_MS,
    acceptedAt: ask.accepted ? ask.final!.at : undefined,
  }));
}

/** What was accepted, and what may have been. */
function asked(facts: Facts, action: string): Ask[] {
  return facts.asks.filter(
    ask => ask.action === action && (ask.accepted || !ask.final),
  );
}

function spanOf(facts: Facts, ask: Ask, kind: string, id?: string) {
  let to = Date.parse(ask.body.endsAt) + END_TOLERANCE_MS;
  const later = (action: string) =>
    asked(facts, action).filter(({ path }) => id && path.includes(id));
  for (const { body } of later(`extend-${kind}`)) {
    to = Math.max(to, Date.parse(body.endsAt) + END_TOLERANCE_MS);
  }
  for (const { accepted, final } of later(`end-${kind}`)) {
    if (!accepted) continue;
    const reached = facts.calmAfter(final!.at) + EARLY_END_TOLERANCE_MS;
    to = Math.min(to, reached);
  }
  const acceptedAt = ask.accepted ? ask.final!.at : undefined;
  return { from: ask.askedAt, to, acceptedAt };
}

function check(
  facts: Facts,
  subject: Subject,
  controls: Control[],
  findings: Findings,
) {
  const prefix = `${subject.slice(0, -1)}:`;
  const known = new Map<string, Control[]>();
  for (const control of controls) {
    known.set(control.name, [...(known.get(control.name) ?? []), control]);
  }
  const reported = new Set<string>();
  for (const { at, name, by } of sightings(facts)) {
    if (!name.startsWith(prefix)) continue;
    const all = known.get(name) ?? [];
    if (all.some(({ from, to }) => from <= at && at <= to)) continue;
    const before = all.filter(({ from }) => from <= at).at(-1);
    const one = `${name} ${before?.to}`;
    // of an override whose answer nobody got, the readers know the id and nobody else
    if (reported.has(one) || (!before && subject === 'overrides')) continue;
    reported.add(one);
    findings.add(
      subject,
      'late',
      `${name} is in force at ${by} ${
        before ? `${at - before.to} ms past its end` : 'and nobody asked for it'
      }`,
    );
  }
  checkBeginnings(facts, subject, controls, findings);
}

/** An accepted control is seen in force by each reader that looks. */
function checkBeginnings(
  facts: Facts,
  subject: Subject,
  controls: Control[],
  findings: Findings,
) {
  const seen = new Map<string, Sighting[]>();
  for (const one of sightings(facts)) {
    const known = seen.get(one.name);
    if (known) known.push(one);
    else seen.set(one.name, [one]);
  }
  const looks = facts.of('in-force');
  for (const { name, acceptedAt, to } of controls) {
    if (acceptedAt === undefined) continue;
    const due = acceptedAt + BEGIN_TOLERANCE_MS;
    if (facts.troubled(acceptedAt - 10_000, due + 2_000)) continue;
    // a reader's full look between the moment when it is due and the control's end
    const look = looks.filter(
      ({ looked }) =>
        looked >= due && looked < Math.min(to - 1_000, due + 2_000),
    );
    for (const { by, looked } of look) {
      const there = seen
        .get(name)
        ?.some(
          one =>
            one.by === by && one.at >= acceptedAt - 1_000 && one.at <= looked,
        );
      if (there) continue;
      findings.add(
        subject,
        'false',
        `${name} is accepted, and not in force at ${by}`,
      );
      break;
    }
  }
}

/** When which reader saw which control in force. */
interface Sighting {
  at: number;
  name: string;
  by: string;
}

function sightings(facts: Facts): Sighting[] {
  const found: Sighting[] = [];
  for (const line of facts.lines) {
    if (line.what === 'in-force') {
      for (const name of line.all)
        found.push({ at: line.looked, name, by: line.by });
    } else if (line.what === 'controls') {
      for (const name of line.on)
        found.push({ at: line.looked, name, by: line.by });
      // in force at the look before, and no more at this one
      for (const name of line.off)
        found.push({ at: line.before, name, by: line.by });
    }
  }
  return found;
}

/** Suppressions: no failure is suppressed that happened after the end of its pattern. */
export async function checkSuppressions(
  facts: Facts,
  api: Api,
  findings: Findings,
): Promise<void> {
  const patterns = asked(facts, 'suppress').map(ask => {
    const id = ask.final?.body.suppression?.id;
    const ends = asked(facts, 'end-suppression').filter(
      ({ path, accepted }) => accepted && id && path.includes(id),
    );
    return {
      tenant: ask.body.tenant,
      from: ask.askedAt,
      to: Math.min(
        Date.parse(ask.body.until),
        ...ends.map(({ final }) => final!.at),
      ),
    };
  });
  for (const failure of await api.list('/webhook-failures?state=suppressed')) {
    const at = Date.parse(failure.lastFailedAt);
    const fits = patterns.some(
      ({ tenant, from, to }) =>
        tenant === failure.tenant && from <= at && at <= to + END_TOLERANCE_MS,
    );
    if (fits) continue;
    findings.add(
      'suppressions',
      'late',
      `${failure.id} of ${failure.tenant}, which failed at ${failure.lastFailedAt}`,
    );
  }
}
