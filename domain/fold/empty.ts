import { newClock } from '../clock.ts';
import type { DeploymentView } from '../view.ts';

/** Nothing said yet. */
export function emptyView(customer = '', deployment = ''): DeploymentView {
  return {
    v: 1,
    header: {
      customer,
      deployment,
      environment: null,
      logOrigin: null,
      runbook: null,
      manifestSetDigest: null,
      deploymentFile: null,
      speed: 1,
      startedBy: null,
      openedAt: null,
      startedAt: null,
      closedAt: null,
      result: null,
      brief: null,
    },
    clock: newClock(1),
    set: { verified: null, refused: null },
    plan: null,
    agents: { total: 0, provisioning: 0, shadow: 0, live: 0, paused: 0, halted: 0, terminated: 0 },
    progress: { created: 0, bound: 0, minted: 0, smoked: 0, running: 0, live: 0 },
    cohorts: {},
    milestones: {},
    gates: {},
    commands: {},
    direct: {},
    approvals: [],
    groupEvidence: {},
    signOffs: [],
    holds: {},
    waves: {},
    tasks: {},
    watchItems: {},
    evidence: {},
    verdicts: {},
    writes: { count: 0, firstAt: null, lastAt: null, firstHundred: [] },
    intercepts: { upTo: null, total: { allow: 0, warn: 0, deny: 0, failed: 0 }, byCohort: {} },
    lastProvisioned: null,
    series: {
      agents: { bucketHours: 0.25, lastBucket: null, points: [] },
      minted: { bucketHours: 1 / 12, lastBucket: null, points: [] },
    },
    figures: { entries: 0, byKind: {}, operations: {}, first: null, last: null },
    ledger: {},
  };
}
