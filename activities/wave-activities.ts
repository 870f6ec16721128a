import { getEvidence, putJsonEvidence } from '../clients/store/evidence.ts';
import { planHours, ruleMs, scaled } from '../domain/clock.ts';
import type { NewEntry } from '../domain/entry.ts';
import { FAILURES, type FailureCode } from '../domain/failure.ts';
import { sideEffectKey } from '../domain/ids.ts';
import type { DeploymentView } from '../domain/view.ts';
import { exposure } from '../domain/wave.ts';
import { promotion, type Grant, type Raisable } from './authority.ts';
import { pause } from './boundary.ts';
import type { WaveActivities, WaveRef, WaveStepResult } from './contract.ts';
import { manifestOf, openDeploymentContext, type Deployment } from './deployment.ts';
import { firstIndex, record, setAsideTask } from './entries.ts';
import type { Ports } from './ports.ts';
import { finalRefusal } from './side-effect.ts';
import { judgeCohorts } from './stability.ts';

/** How many cohorts are flipped at once. */
const FLIPS_AT_ONCE = 64;
/** A step whose cohorts lack samples is watched this much longer, in plan hours, before they leave. */
const EXTRA_HOURS = 1;
const HOUR_MS = 3_600_000;
/** Wall milliseconds between two looks at who was stopped. */
const LOOK_EVERY_MS = 2000;

type Left = WaveStepResult['left'];

/** The only activities that raise above shadow. */
export function waveActivities(ports: Ports): WaveActivities {
  return {
    async openWave({ name, wave, shape, cohorts, authority, ramp }) {
      const d = await openDeploymentContext(ports, name);
      const { grant } = await promotion(d, authority, await raisables(d, cohorts));
      await record(
        d.tenant.recorder,
        [d.entry('wave.started', `wave/${wave}`, { wave, shape, cohorts, ramp, authority: grant.index })],
        d.signal,
      );
    },

    async raise({ percent, ...ref }) {
      const d = await openDeploymentContext(ports, ref.name);
      const all = await raisables(d, ref.cohorts);
      const { grant, unsigned } = await promotion(d, ref.authority, all);
      const left: Left = unsigned.map((cohort) => ({ cohort, code: 'authority_missing' }));
      const going = ref.cohorts.filter((c) => !unsigned.includes(c));
      const etags = await etagsFor(d, ref, grant, percent);
      const { cohorts: known, holds } = await d.view();
      const apart = stoppedAlone(holds);
      // What is live already, after a pause that has ended, is not lowered by the first steps of a ramp.
      const share = (cohort: string) => Math.max(percent, known[cohort]?.livePercent ?? 0);
      const after: Record<string, string> = {};
      for (let i = 0; i < going.length; i += FLIPS_AT_ONCE) {
        const flips = going
          .slice(i, i + FLIPS_AT_ONCE)
          .map((cohort) => flip(d, cohort, share(cohort), grant, etags[cohort] ?? '', apart));
        for (const result of await Promise.all(flips)) {
          if ('code' in result) left.push(result);
          else after[result.cohort] = result.etag;
        }
      }
      const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, after, d.signal);
      const { clock } = await d.view();
      await record(
        d.tenant.recorder,
        [
          d.entry('evidence', `wave/${ref.wave}/${percent}/etags`, {
            subject: etagSubject(ref, percent),
            summary: `${Object.keys(after).length} cohorts at ${percent} %`,
            evidence,
          }),
          d.entry('wave.step', `wave/${ref.wave}/${percent}`, {
            wave: ref.wave,
            percent,
            planHours: planHours(clock, d.now()) ?? 0,
          }),
          ...left.flatMap((l) => setAside(d, ref.wave, l)),
        ],
        d.signal,
      );
      return { in: Object.keys(after), left };
    },

    async evaluate({ percent, holdHours, speed, ...ref }) {
      const d = await openDeploymentContext(ports, ref.name);
      const step = (await d.view()).waves[ref.wave]?.steps.find((s) => s.percent === percent);
      const since = step ? Date.parse(step.at) : d.now();
      const until = since + Math.max(scaled(holdHours * HOUR_MS, speed), ruleMs('ramp-hold', speed));
      const atMost = until + scaled(EXTRA_HOURS * HOUR_MS, speed, 2000);
      const stopped = new Set<string>();
      for (;;) {
        const now = d.now();
        await leaveStopped(d, ref, stopped);
        const going = ref.cohorts.filter((cohort) => !stopped.has(cohort));
        if (now < until && going.length > 0) {
          await pause(Math.min(until - now, LOOK_EVERY_MS));
          continue;
        }
        const verdicts = going.length > 0 ? await judgeCohorts(d, going, since, now) : [];
        const waiting = verdicts.some((v) => v.verdict === 'inconclusive' || v.verdict === 'no-data' || v.verdict === 'error');
        if (waiting && now < atMost) {
          await pause(1000);
          continue;
        }
        const unstable: Left = verdicts.filter((v) => v.verdict !== 'pass').map(({ cohort }) => ({ cohort, code: 'not_stable' }));
        const entries = verdicts.map(({ cohort, verdict, reasons, samples }) =>
          d.entry(
            'verdict',
            `wave/${ref.wave}/${percent}/verdict/${cohort}`,
            { subject: `wave:${ref.wave}:${percent}:${cohort}`, verdict, reasons, samples },
            { cohort },
          ),
        );
        const aside = unstable.flatMap((l) =>
          setAside(d, ref.wave, l, verdicts.find((v) => v.cohort === l.cohort)?.reasons.join('; ')),
        );
        await record(d.tenant.recorder, [...entries, ...aside], d.signal);
        const left: Left = [...[...stopped].map((cohort) => ({ cohort, code: 'stopped' as const })), ...unstable];
        return { in: ref.cohorts.filter((c) => !left.some((l) => l.cohort === c)), left };
      }
    },

    async closeWave({ name, wave, cohorts, left }) {
      const d = await openDeploymentContext(ports, name);
      const live = cohorts.map((cohort) => d.entry('cohort.phase', `wave/${wave}/live/${cohort}`, { phase: 'live' }, { cohort }));
      await record(
        d.tenant.recorder,
        [...live, d.entry('wave.closed', `wave/${wave}/closed`, { wave, live: cohorts.length, left })],
        d.signal,
      );
    },
  };
}

/** Agents that a stop of their own holds: no flip of their cohort brings them back. */
const stoppedAlone = (holds: DeploymentView['holds']): ReadonlySet<string> =>
  new Set(
    Object.values(holds)
      .filter((h) => h.released === null && h.scope.level === 'agent')
      .flatMap((h) => h.scope.names.filter((agent) => !h.releasedFor.includes(agent))),
  );

/** Whoever was raised and stands below live was stopped: it leaves at once, and the others go on. */
async function leaveStopped(d: Deployment, ref: WaveRef, stopped: Set<string>): Promise<void> {
  const now = await d.tenant.platform.cohorts(d.name.deployment, d.signal);
  const fresh = now.filter((c) => ref.cohorts.includes(c.cohort) && !stopped.has(c.cohort) && c.mode !== 'live');
  for (const { cohort } of fresh) stopped.add(cohort);
  const aside = fresh.flatMap(({ cohort }) => setAside(d, ref.wave, { cohort, code: 'stopped' }));
  if (aside.length > 0) await record(d.tenant.recorder, aside, d.signal);
}

const raisables = (d: Deployment, cohorts: readonly string[]): Promise<Raisable[]> =>
  Promise.all(
    cohorts.map(async (cohort) => {
      const { group, shape } = await manifestOf(d, cohort);
      return { cohort, group, shape };
    }),
  );

const etagSubject = (ref: WaveRef, percent: number): string => `etags:${ref.wave}:${percent}`;

/** For the first step the ETags that the authorisation saw; after it those that our own last raise left behind. */
async function etagsFor(d: Deployment, ref: WaveRef, grant: Grant, percent: number): Promise<Record<string, string>> {
  const view = await d.view();
  const steps = view.waves[ref.wave]?.steps.filter((s) => s.percent < percent) ?? [];
  const last = steps.at(-1);
  const evidence = last === undefined ? grant.evidence : view.evidence[etagSubject(ref, last.percent)]?.evidence;
  const bytes = evidence && (await getEvidence(d.tenant.audit, evidence, d.signal));
  if (!bytes) return {};
  const content = JSON.parse(Buffer.from(bytes).toString('utf8')) as
    Record<string, string> | { modes: { cohort: string; etag: string }[] };
  return Array.isArray(content['modes'])
    ? Object.fromEntries(content['modes'].map((m) => [m.cohort, m.etag]))
    : (content as Record<string, string>);
}

/** Intent, flip, an outcome per agent that is live by it. 412 and `fenced` are final answers. */
async function flip(
  d: Deployment,
  cohort: string,
  percent: number,
  grant: Grant,
  ifMatch: string,
  apart: ReadonlySet<string>,
): Promise<{ cohort: string; etag: string } | Left[number]> {
  const { recorder, platform } = d.tenant;
  const manifest = await manifestOf(d, cohort);
  const agents = exposure(
    manifest.agents.map((a) => a.id),
    percent,
  );
  const generation = `${grant.index}-${percent}`;
  const key = sideEffectKey(d.name, cohort, '*', 'raise', generation);
  const about = { cohort };
  const ramping = d.entry('cohort.phase', `${cohort}/phase/ramping/${generation}`, { phase: 'ramping' }, about);
  const intent = firstIndex(
    await record(
      recorder,
      [
        d.entry(
          'intent',
          `${cohort}/raise/${generation}/intent`,
          { operation: 'raise', key, agents, authority: grant.index },
          about,
        ),
        ramping,
      ],
      d.signal,
    ),
  );
  try {
    const after = await platform.setMode(
      { deployment: d.name.deployment, cohort, ifMatch },
      { key, mode: 'live', livePercent: percent, generation: grant.fenceGeneration },
      d.signal,
    );
    const outcomes = agents.map((agent) =>
      d.entry(
        'outcome',
        `${cohort}/${agent}/raise/${generation}/outcome`,
        {
          operation: 'raise',
          key: sideEffectKey(d.name, cohort, agent, 'raise', generation),
          intent,
          ...(apart.has(agent)
            ? { result: 'not-applied' as const, code: 'stopped' as const }
            : { result: 'applied' as const, mode: 'live' as const, livePercent: percent }),
        },
        { ...about, agent },
      ),
    );
    // A small cohort has no whole agent at the first steps; its intent has an outcome all the same.
    const none = d.entry(
      'outcome',
      `${cohort}/raise/${generation}/outcome`,
      { operation: 'raise', key, intent, result: 'applied', livePercent: percent },
      about,
    );
    await record(recorder, outcomes.length > 0 ? outcomes : [none], d.signal);
    return { cohort, etag: after.etag };
  } catch (error) {
    const refusal = finalRefusal(error);
    if (refusal === undefined) throw error;
    await record(
      recorder,
      [
        d.entry(
          'outcome',
          `${cohort}/raise/${generation}/outcome`,
          { operation: 'raise', key, intent, result: 'not-applied', ...refusal },
          about,
        ),
      ],
      d.signal,
    );
    return { cohort, code: refusal.code };
  }
}

function setAside(d: Deployment, wave: string, { cohort, code }: { cohort: string; code: FailureCode }, detail = ''): NewEntry[] {
  const { sentence, next } = FAILURES[code];
  const about = { cohort };
  const reason = `${sentence} ${detail}`.trim();
  return [
    d.entry('cohort.phase', `wave/${wave}/held/${cohort}`, { phase: 'held', code, reason, liftedBy: next }, about),
    d.entry(
      'task.opened',
      `wave/${wave}/task/${cohort}`,
      { taskId: setAsideTask(cohort), owner: 'deployment-lead', code, sentence: `${cohort}: ${reason}`, next },
      about,
    ),
  ];
}
