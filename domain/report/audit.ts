import type { DeploymentView } from '../view.ts';

/** What the log says of itself when it is asked; whether it is so, `golive verify` finds out. */
export interface AuditHead {
  size: number;
  /** Base64. */
  root: string;
  /** The largest tree that the witness has cosigned, and when; null: it is not asked to, or has not yet. */
  witness: { name: string; size: number; at: string | null; lagMs?: number } | null;
}

export interface ReportAudit {
  origin: string | null;
  /** Of the whole log: as it says itself, otherwise up to the last entry of this deployment. */
  size: number;
  /** Of this deployment. */
  entries: number;
  /** Over `size` entries, base64; null: the log was not asked. */
  root: string | null;
  /** The witness has cosigned a tree of this very size. */
  witnessed: boolean;
  witness: { name: string; size: number; at: string | null; lagMs: number | null } | null;
  /** Each time that the witness was away for longer than it may. */
  absences: { text: string; openedAt: string; closedAt: string | null; auditIndex: number }[];
  /** W1.15 in words: how many signatures, what counts as a gap, and who explained which; null while it is open. */
  gaps: string | null;
  /** What the Security Lead made and confirmed: the verification (W1.14) and the sample (W2.09), by the digest of its report. */
  confirmed: { row: string; report: string; by: string; auditIndex: number }[];
}

export function auditOf(view: DeploymentView, head: AuditHead | null): ReportAudit {
  const { header, figures, milestones, watchItems } = view;
  const witness = head?.witness ?? null;
  return {
    origin: header.logOrigin,
    size: head?.size ?? (figures.last === null ? 0 : figures.last.index + 1),
    entries: figures.entries,
    root: head?.root ?? null,
    witnessed: witness !== null && witness.at !== null && witness.size === head?.size,
    witness: witness && { name: witness.name, size: witness.size, at: witness.at, lagMs: witness.lagMs ?? null },
    absences: Object.values(watchItems)
      .filter((w) => w.id.startsWith('witness-lag/'))
      .map(({ text, at, closed, index }) => ({ text, openedAt: at, closedAt: closed?.at ?? null, auditIndex: index })),
    gaps: milestones['W1.15']?.reason ?? null,
    confirmed: ['W1.14', 'W2.09'].flatMap((row) => confirmedOn(view, row)),
  };
}

const confirmedOn = ({ commands }: DeploymentView, row: string): ReportAudit['confirmed'] =>
  Object.values(commands).flatMap(({ outcome, kind, scope, args, person, index }) =>
    outcome === 'applied' && kind === 'confirm' && scope?.names[0] === row && args.evidence !== undefined
      ? [{ row, report: args.evidence, by: person, auditIndex: index }]
      : [],
  );
