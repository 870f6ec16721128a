import { missingConfirmations } from '../../domain/authority/quorum.ts';
import type { Facts, Probe } from './facts.ts';
import type { Settled } from './milestone.ts';

/** Settled once every owner of the row has confirmed it; the digest of a report that it rests on stands in the reason. */
export const confirmed =
  (rowId: string): Probe =>
  (f: Facts): Settled | null => {
    if (missingConfirmations(f.state, rowId).length > 0) return null;
    const orders = Object.values(f.view.commands).filter(
      (c) => c.outcome === 'applied' && c.kind === 'confirm' && c.scope?.names[0] === rowId,
    );
    const last = orders.at(-1);
    if (!last) return null;
    const said = orders.map(
      (c) => `${c.person}, entry #${c.index}${c.args.evidence === undefined ? '' : `, report ${c.args.evidence}`}`,
    );
    return { status: 'met', doneAtMs: Date.parse(last.at), reason: said.join('; ') };
  };
