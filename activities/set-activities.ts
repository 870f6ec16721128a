import { verifySet } from '../audit/verify-set.ts';
import { putJsonEvidence } from '../clients/store/evidence.ts';
import { isRunning, planHours } from '../domain/clock.ts';
import type { NewEntry } from '../domain/entry.ts';
import { FAILURES, isFailureCode, type FailureCode } from '../domain/failure.ts';
import { sideEffectKey } from '../domain/ids.ts';
import type { Manifest } from '../domain/manifest/manifest.ts';
import { gate1, goAhead } from './authority.ts';
import { enterShadow } from './cohort-write.ts';
import type { SetActivities } from './contract.ts';
import { manifestOf, openDeploymentContext, type Deployment } from './deployment.ts';
import { firstIndex, record, setAsideTask } from './entries.ts';
import { groupEvidence } from './group-evidence.ts';
import type { Ports } from './ports.ts';
import { approvalEnvelopes, setRefused, summaryOf } from './set-check.ts';

/** How many cohorts are flipped at once. */
const FLIPS_AT_ONCE = 64;

/** Work on the whole set: pull and verify, register, preflight, HRIS snapshot, evidence for the sign-offs. */
export function setActivities(ports: Ports): SetActivities {
  return {
    async verifySet({ name }) {
      const d = await openDeploymentContext(ports, name);
      const verdict = await verifySet(d.source, {
        deploymentFile: d.file,
        at: new Date(d.now()).toISOString(),
        moreApprovals: await approvalEnvelopes(d),
        signal: d.signal,
      });
      const entries = verdict.status === 'refused' ? await setRefused(d, verdict) : await summaryOf(d, verdict.set, 'set:pulled');
      const ok = verdict.status === 'verified';
      await record(d.tenant.recorder, [...entries, ...(await clockFor(d, ok))], d.signal);
      return { ok, clock: (await d.view()).clock };
    },

    async registerCohorts({ name, authority }) {
      const d = await openDeploymentContext(ports, name);
      const grant = await goAhead(d, authority);
      const cohorts = await Promise.all(cohortNames(d).map(async (cohort) => specOf(d, await manifestOf(d, cohort))));
      const key = sideEffectKey(name, '*', '*', 'register', d.setDigest);
      const [intent] = await record(
        d.tenant.recorder,
        [d.entry('intent', `register/${d.setDigest}/intent`, { operation: 'register', key, agents: [], authority: grant.index })],
        d.signal,
      );
      const { cohortSetId, jobs } = await d.tenant.platform.register(
        { key, deployment: name.deployment, manifestSetDigest: d.setDigest, generation: grant.fenceGeneration, cohorts },
        d.signal,
      );
      const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, { cohortSetId, jobs }, d.signal);
      await record(
        d.tenant.recorder,
        [
          d.entry('outcome', `register/${d.setDigest}/outcome`, {
            operation: 'register',
            key,
            intent: firstIndex([intent ?? -1]),
            result: 'applied',
            detail: cohortSetId,
          }),
          d.entry('evidence', 'cohort-set', { subject: 'cohort-set', summary: `${cohortSetId}: ${jobs.length} jobs`, evidence }),
        ],
        d.signal,
      );
      return { cohortSetId };
    },

    async preflight({ name, authority, cohortSetId, only, attempt }) {
      const d = await openDeploymentContext(ports, name);
      await goAhead(d, authority);
      const { results } = await d.tenant.platform.preflight(cohortSetId, d.signal);
      const asked = only === undefined ? results : results.filter((r) => only.includes(r.cohort));
      const failed = asked.flatMap(({ cohort, ok, failures }) => (ok ? [] : [{ cohort, failures }]));
      const evidence = await putJsonEvidence(
        d.tenant.audit,
        d.tenant.auditPrefix,
        { cohortSetId, attempt, results: asked },
        d.signal,
      );
      const halted = only === undefined && failed.length / Math.max(1, asked.length) > d.file.limits.preflightFailureShare;
      const summary = `${asked.length - failed.length} of ${asked.length} manifests passed`;
      const isolated = failed.map(({ cohort, failures }) => ({
        cohort,
        code: causeOf(failures[0]?.code),
        detail: failures.flatMap((f) => f.detail || []).join(', '),
      }));
      const entries: NewEntry[] = halted
        ? [
            d.entry('evidence', `preflight/${attempt}`, { subject: 'preflight:halted', summary, evidence }),
            d.entry('task.opened', `task/preflight/${attempt}`, {
              taskId: 'preflight',
              owner: 'deployment-lead',
              code: 'preflight_halted',
              sentence: `${summary}; failed: ${isolated.map((i) => `${i.cohort} (${i.code})`).join(', ')}`.slice(0, 2000),
              next: FAILURES.preflight_halted.next,
            }),
          ]
        : [
            d.entry('evidence', `preflight/${attempt}`, {
              subject: only === undefined ? 'preflight' : 'preflight:retry',
              summary,
              evidence,
            }),
            ...(only === undefined && attempt > 1
              ? [d.entry('task.closed', `task/preflight/${attempt}/closed`, { taskId: 'preflight', how: summary })]
              : []),
            ...isolated.flatMap((i) => isolation(d, i, attempt)),
          ];
      await record(d.tenant.recorder, entries, d.signal);
      return { halted, isolated: isolated.map(({ cohort, code }) => ({ cohort, code })) };
    },

    async takeSnapshot({ name, authority }) {
      const d = await openDeploymentContext(ports, name);
      await goAhead(d, authority);
      const { platform } = d.tenant;
      const snapshot = await platform.snapshot(
        { key: `${name.customer}/${name.deployment}/hris/1`, deployment: name.deployment },
        d.signal,
      );
      const emails = new Set<string>();
      for (const cohort of cohortNames(d))
        for (const agent of (await manifestOf(d, cohort)).agents) emails.add(agent.managerEmail);
      const { resolved, unresolved } = await platform.resolve(snapshot.snapshotId, [...emails], d.signal);
      const evidence = await putJsonEvidence(
        d.tenant.audit,
        d.tenant.auditPrefix,
        { ...snapshot, managers: resolved.length, unresolved },
        d.signal,
      );
      const summary = `${resolved.length} of ${emails.size} managers resolve in ${snapshot.snapshotId} (${snapshot.employees} employees)`;
      await record(
        d.tenant.recorder,
        [d.entry('evidence', 'hris-snapshot', { subject: 'hris-snapshot', summary, evidence })],
        d.signal,
      );
      return { snapshotId: snapshot.snapshotId };
    },

    async startShadow({ name, authority, cohorts }) {
      const d = await openDeploymentContext(ports, name);
      const grant = await gate1(d, authority);
      const etags = new Map((await d.tenant.platform.cohorts(name.deployment, d.signal)).map((c) => [c.cohort, c.etag]));
      let running = 0;
      for (let i = 0; i < cohorts.length; i += FLIPS_AT_ONCE) {
        const flips = cohorts
          .slice(i, i + FLIPS_AT_ONCE)
          .map((cohort) => enterShadow(d, { name, cohort, authority }, grant, etags.get(cohort) ?? ''));
        running += (await Promise.all(flips)).filter((r) => r.code === undefined).length;
      }
      return { running };
    },

    async compileEvidence({ name }) {
      const d = await openDeploymentContext(ports, name);
      const entries = await groupEvidence(d);
      await record(d.tenant.recorder, entries, d.signal);
      return { groups: entries.length };
    },
  };
}

/** A set that is not what was signed stops the clock: no plan hour passes while it is mended. */
async function clockFor(d: Deployment, ok: boolean): Promise<NewEntry[]> {
  const { clock, set } = await d.view();
  const hours = planHours(clock, d.now()) ?? 0;
  if (!ok && isRunning(clock)) {
    return [
      d.entry('clock.stopped', `clock/set-refused/${d.now()}`, { planHours: hours, reason: FAILURES.set_not_verified.sentence }),
    ];
  }
  // Only a stop of our own is taken back: the last word on the set was a refusal. A clock that a person stopped stays stopped.
  const refusedLast = (set.refused?.index ?? -1) > (set.verified?.index ?? -1);
  if (ok && refusedLast && clock.stoppedAtMs !== null) {
    const wallAt = new Date(d.now()).toISOString();
    return [d.entry('clock.started', `clock/set-verified/${d.now()}`, { planHours: hours, speed: clock.speed, wallAt })];
  }
  return [];
}

const cohortNames = (d: Deployment): string[] => d.index.map((e) => e.key.replace(/^manifests\//, '').replace(/\.yaml$/, ''));

const causeOf = (code: string | undefined): FailureCode => (isFailureCode(code) ? code : 'preflight_failed');

function isolation(
  d: Deployment,
  { cohort, code, detail }: { cohort: string; code: FailureCode; detail: string },
  attempt: number,
): NewEntry[] {
  const { sentence, next } = FAILURES[code];
  const about = { cohort };
  return [
    d.entry(
      'cohort.phase',
      `${cohort}/phase/preflight/${attempt}`,
      { phase: 'isolated', code, reason: `${sentence} ${detail}`.trim(), liftedBy: next },
      about,
    ),
    d.entry(
      'task.opened',
      `${cohort}/task/preflight/${attempt}`,
      {
        taskId: setAsideTask(cohort),
        owner: 'deployment-lead',
        code,
        sentence: `${cohort}: ${sentence} ${detail}`.trim(),
        next,
      },
      about,
    ),
  ];
}

function specOf(d: Deployment, m: Manifest) {
  const entry = d.index.find((e) => e.key === `manifests/${m.name}.yaml`);
  return {
    cohort: m.name,
    manifestDigest: `sha256:${entry?.sha256 ?? ''}`,
    group: m.group,
    shape: m.shape,
    function: m.function,
    level: m.level,
    template: m.origin.name,
    agents: m.agents.length,
    connectors: m.connectors,
    managers: [...new Set(m.agents.map((a) => a.managerEmail))],
    expectedCallsPerHour: m.expected.callsPerHour,
    expectedWritesPerHour: m.expected.writesPerHour,
    budgetDollars: m.budgetDollars,
    exampleRequest: m.exampleRequest,
    outputSchema: { ...m.outputSchema },
  };
}
