import { explainSubject } from '../../domain/state-view.ts';
import { witnessGapMs, witnessGaps } from '../../domain/witness.ts';
import { evidencePath } from './envelopes.ts';
import type { LogFiles } from './files.ts';
import type { Found } from './finding.ts';
import type { DeploymentState, Order } from './rules/state.ts';

/** The row under which gaps are explained. */
const ROW = 'W1.15';
export const GAPS_SUBJECT = explainSubject(ROW);

export interface Gap {
  deployment: string;
  /** ISO 8601. */
  from: string;
  to: string;
  planMinutes: number;
  /** Log index of the order of the Security Lead that explains it. */
  explainedBy?: number;
}

/**
 * Times without a signature of the witness that were longer than they may be, while a deployment's clock ran. A gap is
 * explained by an applied order of the Security Lead: a `confirm` of W1.15 on the document that lists the gap (an
 * `evidence` entry of subject `explain:W1.15`), or any whose reason says `witness-gap` and when the gap began.
 */
export async function checkWitness(o: {
  files: LogFiles;
  /** Unix seconds, in any order. */
  cosignedAt: readonly number[];
  deployments: Iterable<DeploymentState>;
  found: Found;
}): Promise<Gap[]> {
  const signedAtMs = [...new Set(o.cosignedAt)].map((seconds) => seconds * 1000);
  const gaps: Gap[] = [];
  for (const state of o.deployments) {
    const { name, opened, clockStartedMs: fromMs, closedAtMs, lastAtMs } = state;
    if (fromMs === undefined) continue;
    const speed = opened?.data.speed ?? 1;
    const orders = [...state.orders.values()].filter(({ command }) => command.role === 'security-lead');
    for (const { from, to, planMinutes } of witnessGaps({ signedAtMs, fromMs, toMs: closedAtMs ?? lastAtMs, speed })) {
      const by = await explanation({ from, to }, orders, state, o.files);
      gaps.push({ deployment: name, from, to, planMinutes, ...(by ? { explainedBy: by.index } : {}) });
      const text = `${planMinutes} min of plan, from ${from} to ${to}`;
      if (by) o.found.notice(`The witness was silent for ${text}; ${by.command.person} explained it.`, { index: by.index });
      else o.found.finding('witness_gap', `${name}: ${text}; at most ${Math.round((witnessGapMs(speed) * speed) / 60_000)} min`);
    }
  }
  return gaps;
}

interface Stretch {
  from: string;
  to: string;
}

async function explanation(
  gap: Stretch,
  orders: readonly Order[],
  state: DeploymentState,
  files: LogFiles,
): Promise<Order | undefined> {
  const began = gap.from.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  for (const order of orders) {
    const { kind, scope, saw, reason } = order.command;
    if (reason.includes('witness-gap') && reason.includes(began)) return order;
    const listed = kind === 'confirm' && scope.names.includes(ROW) ? saw.evidence[ROW] : undefined;
    if (listed === undefined || !state.gapLists.has(listed)) continue;
    if (stretchesIn(await files.read(evidencePath(listed))).some((s) => overlaps(s, gap))) return order;
  }
  return undefined;
}

const overlaps = (a: Stretch, b: Stretch): boolean => a.from < b.to && b.from < a.to;

/** Every `{from, to}` in a document, wherever. */
function stretchesIn(bytes: Uint8Array | undefined): Stretch[] {
  const found: Stretch[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { from, to } = value as Partial<Stretch>;
    if (typeof from === 'string' && typeof to === 'string') found.push({ from, to });
    Object.values(value).forEach(visit);
  };
  try {
    visit(JSON.parse(Buffer.from(bytes ?? []).toString('utf8')));
  } catch {
    // A document that is none explains nothing.
  }
  return found;
}
