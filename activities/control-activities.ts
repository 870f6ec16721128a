import { verifySet } from '../audit/verify-set.ts';
import { shutDownBy } from '../clients/platform/stop.ts';
import { putEvidence, putJsonEvidence } from '../clients/store/evidence.ts';
import { isSignedOff, lackingSignatures } from '../domain/authority/quorum.ts';
import { briefMarkdown } from '../domain/brief.ts';
import { planHours } from '../domain/clock.ts';
import type { EvidenceRef, NewEntry } from '../domain/entry.ts';
import { FAILURES } from '../domain/failure.ts';
import { deploymentWorkflowId } from '../domain/ids.ts';
import { GATES } from '../domain/runbook/gates.ts';
import { RUNBOOK } from '../domain/runbook/runbook.ts';
import { rowsOf } from '../domain/runbook/rows.ts';
import { planSet } from '../domain/set/plan.ts';
import { stateViewOf } from '../domain/state-view.ts';
import { inTheWay } from '../domain/stop/in-the-way.ts';
import type { CohortView, DeploymentView } from '../domain/view.ts';
import { refused } from './boundary.ts';
import type { ControlActivities, GateName } from './contract.ts';
import { applyOrders } from './control/signatures.ts';
import { keptFile } from './deployment-file.ts';
import { openDeploymentContext, type Deployment } from './deployment.ts';
import { entryWriter, record } from './entries.ts';
import { isSignable } from './group-evidence.ts';
import type { Ports } from './ports.ts';
import { runbookDigest } from './runbook-digest.ts';
import { setRefused, summaryOf } from './set-check.ts';
import { milestoneEntry } from './settle/milestone.ts';
import { settle } from './settle/settle.ts';

/** The deployment itself: opened, ordered about, settled row by row, taken through its gates, closed. */
export function controlActivities(ports: Ports): ControlActivities {
  return {
    async openDeployment({ name, speed, startedBy }) {
      const d = await openDeploymentContext(ports, name);
      if (speed !== d.file.speed || startedBy !== d.file.startedBy) {
        throw refused('wrong_deployment', 'Speed or starter differ from the signed deployment file.');
      }
      await refuseShutDown(d);
      const { recorder } = d.tenant;
      const kept = await keptFile(d);
      await record(recorder, [opened(d, kept.file ?? d.fileRef), ...kept.entries], d.signal);
      const verdict = await verifySet(d.source, {
        deploymentFile: d.file,
        at: iso(d.now()),
        approvals: 'reported',
        signal: d.signal,
      });
      if (verdict.status === 'refused') {
        await record(recorder, await setRefused(d, verdict), d.signal);
        throw refused('set_not_verified', `${verdict.problems.length + verdict.omitted} problem(s).`);
      }
      const { mintPerHour } = await d.tenant.platform.limits(d.signal);
      const plan = planSet(verdict.set, mintPerHour);
      const ref = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, plan, d.signal);
      const { cohorts, managers, minting } = plan;
      await record(
        recorder,
        [
          d.entry('plan.recorded', `plan/${d.setDigest}`, { cohorts, managers, plan: ref, forecastMintHours: minting.hours }),
          ...(await summaryOf(d, verdict.set, 'set:frozen')),
          ...(minting.warning === undefined
            ? []
            : [d.entry('watch-item', 'watch/minting', { id: 'minting', text: minting.warning, owner: 'connector-standby' })]),
        ],
        d.signal,
      );
      return { cohorts, ramp: d.file.limits.ramp };
    },

    async applyCommands({ name, orders }) {
      return applyOrders(await openDeploymentContext(ports, name), orders);
    },

    async settleWindow({ name, window }) {
      return settle(await openDeploymentContext(ports, name), window);
    },

    async passGate({ name, gate, authority }) {
      const d = await openDeploymentContext(ports, name);
      const view = await d.view();
      const dead = await ports.children.dead(deploymentWorkflowId(name));
      const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, rowsAt(gate, view), d.signal);
      const forward = gate === 'gate-2' ? signedFor(d, view) : Object.values(view.cohorts).map((c) => c.id);
      const entries: NewEntry[] = [
        d.entry('gate.passed', `gate/${gate}`, {
          gate,
          commandIndex: authority,
          planHours: planHours(view.clock, d.now()) ?? 0,
          evidence,
        }),
        ...(gate === 'gate-2' ? [...heldBack(d, view, forward), ...signedOff(d, forward)] : []),
        ...dead.map((id) =>
          d.entry('task.opened', `task/dead/${id}`, {
            taskId: `dead/${id}`,
            owner: 'arx-standby',
            code: 'side_effect_unknown',
            sentence: `The workflow ${id} ended without having finished.`,
            next: 'Look at its history; reset it in Temporal, or retry its cohort.',
          }),
        ),
      ];
      await record(d.tenant.recorder, entries, d.signal);
      return { forward, dead };
    },

    async noteBlocked({ name, what, code }) {
      const { recorder } = ports.tenant(name.customer);
      const entry = entryWriter(name, () => ports.now());
      const at = ports.now();
      await record(recorder, [
        code === null
          ? entry('task.closed', `task/blocked/${what}/${at}`, { taskId: `blocked/${what}`, how: 'it went on' })
          : entry('task.opened', `task/blocked/${what}/${at}`, {
              taskId: `blocked/${what}`,
              owner: 'deployment-lead',
              code,
              sentence: `${what}: ${FAILURES[code].sentence}`,
              next: FAILURES[code].next,
            }),
      ]);
    },

    async writeBrief({ name }) {
      const d = await openDeploymentContext(ports, name);
      const text = briefMarkdown(await d.view(), d.file);
      const evidence = await putEvidence(d.tenant.audit, d.tenant.auditPrefix, text, {
        contentType: 'text/markdown',
        signal: d.signal,
      });
      await record(
        d.tenant.recorder,
        [d.entry('evidence', 'ceo-brief', { subject: 'ceo-brief', summary: 'the brief for the CEO', evidence })],
        d.signal,
      );
    },

    async closeDeployment({ name }) {
      const d = await openDeploymentContext(ports, name);
      const view = await d.view();
      const cohorts = Object.values(view.cohorts);
      const live = cohorts.filter((c) => c.mode === 'live' && (c.phase === 'live' || c.phase === 'handed-over'));
      const result = live.length === cohorts.length ? 'live' : live.length > 0 ? 'live-with-exceptions' : 'failed';
      const brief = view.evidence['ceo-brief']?.evidence;
      const after = rowsOf('after').map((r) =>
        milestoneEntry(d, view.clock, r.id, { status: 'waived', reason: r.waivedBecause ?? '' }),
      );
      await record(
        d.tenant.recorder,
        [...after, d.entry('deployment.closed', 'closed', { result, ...(brief === undefined ? {} : { brief }) })],
        d.signal,
      );
      return { result };
    },
  };
}

/** Nothing of a customer's is begun while all of it is shut down. */
async function refuseShutDown(d: Deployment): Promise<void> {
  const order = await shutDownBy(d.tenant.platform, d.name.deployment, d.signal);
  if (order !== undefined) throw refused('stopped', `Everything of ${d.name.customer} is shut down (${order}).`);
}

const iso = (ms: number): string => new Date(ms).toISOString();

const opened = (d: Deployment, file: EvidenceRef): NewEntry =>
  d.entry(
    'deployment.opened',
    `opened/${d.setDigest}`,
    {
      environment: d.file.environment,
      logOrigin: d.file.logOrigin,
      runbook: { version: RUNBOOK.version, digest: runbookDigest },
      manifestSetDigest: d.setDigest,
      deploymentFile: { ...file, version: d.file.version },
      speed: d.file.speed,
      startedBy: d.file.startedBy,
    },
    { actor: d.file.startedBy },
  );

/** How the rows of a gate's window stand when it is passed, each with the digest of what it rests on. */
function rowsAt(gate: GateName, view: DeploymentView) {
  const window = GATES.find((g) => g.id === gate)?.window;
  const rows = RUNBOOK.rows
    .filter((r) => r.window === window)
    .map(({ id }) => {
      const m = view.milestones[id];
      return {
        row: id,
        status: m?.status ?? 'pending',
        doneAt: m?.doneAt ?? null,
        reason: m?.reason ?? null,
        entry: m?.index ?? null,
        evidence: m?.evidence?.digest ?? null,
      };
    });
  return { gate, rows };
}

/** Cohorts on which no hold stands, whose group three executives signed for on evidence that names them. */
function signedFor(d: Deployment, view: DeploymentView): string[] {
  const state = stateViewOf(view, d.file, d.setDigest);
  return Object.values(view.cohorts)
    .filter(
      (c) => isSignable(c) && inTheWay(view, c).length === 0 && view.groupEvidence[c.group]?.cohorts.includes(c.id) === true,
    )
    .filter((c) => isSignedOff(state, c.group))
    .map((c) => c.id);
}

const signedOff = (d: Deployment, cohorts: readonly string[]): NewEntry[] =>
  cohorts.map((cohort) => d.entry('cohort.phase', `${cohort}/phase/signed-off`, { phase: 'signed-off' }, { cohort }));

/** Who is not signed for stays in shadow, by name, with what would lift it. */
function heldBack(d: Deployment, view: DeploymentView, forward: readonly string[]): NewEntry[] {
  const state = stateViewOf(view, d.file, d.setDigest);
  const why = (c: CohortView): string =>
    inTheWay(view, c).length > 0
      ? `hold ${inTheWay(view, c).join(', ')}`
      : `group ${c.group} lacks ${lackingSignatures(state, c.group)}`;
  return Object.values(view.cohorts)
    .filter((c) => isSignable(c) && !forward.includes(c.id))
    .map((c) =>
      d.entry(
        'cohort.phase',
        `${c.id}/phase/held/gate-2`,
        {
          phase: 'held',
          reason: why(c),
          code: 'wrong_state',
          liftedBy: `${inTheWay(view, c).length > 0 ? 'release of the hold, the missing signatures' : 'the missing signatures'}, then golive promote --cohort ${c.id}; ${FAILURES.wrong_state.next}`,
        },
        { cohort: c.id },
      ),
    );
}
