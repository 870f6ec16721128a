import { missingConfirmations } from '../../domain/authority/quorum.ts';
import { RESPONSE_TARGET, responseRate } from '../../domain/drill/figures.ts';
import { plural } from '../../domain/describe/words.ts';
import type { DrillView } from '../../domain/view/queues.ts';
import type { Facts, Probe, Probes } from './facts.ts';
import type { Settled } from './milestone.ts';

/** The rows of the queue drill, by what its watcher measured at the platform; each rests on the items as they were then. */

const settled = ({ at, evidence }: Pick<DrillView, 'at' | 'evidence'>, reason: string): Settled => ({
  status: 'met',
  doneAtMs: Date.parse(at),
  reason,
  evidence,
});

/** Measured, and nobody asked at all: no manager has a bound agent. */
const nobody = ({ view: { drill } }: Facts): Settled | null =>
  drill !== null && drill.asked === 0 && drill.notAsked === 0
    ? { status: 'not-applicable', reason: 'no manager has a bound agent' }
    : null;

/** Once every first manager has answered or was passed over. */
const afterSla = ({ view: { drill } }: Facts): DrillView | null =>
  drill === null || drill.stage === 'sent' || drill.asked === 0 ? null : { ...drill, at: drill.reached.sla?.at ?? drill.at };

const allAsked: Probe = (f) => {
  const { drill } = f.view;
  if (drill === null || drill.notAsked > 0) return null;
  const first = drill.stage === 'sent' ? drill : (drill.reached.sent ?? drill);
  return (
    nobody(f) ??
    settled(
      { ...drill, at: first.at },
      `${plural(drill.asked, 'manager')}, one each; ${drill.designated} is to leave it unanswered`,
    )
  );
};

const answered: Probe = (f) => {
  const drill = afterSla(f);
  if (drill === null) return nobody(f);
  const rate = responseRate(drill);
  const reason = `${drill.inTime} of ${drill.asked - 1} managers (${Math.round(rate * 100)} %) within 4 h; slow: ${drill.slowCount}`;
  return { ...settled(drill, reason), ...(rate < RESPONSE_TARGET ? { status: 'missed' } : {}) };
};

const passedOn: Probe = (f) => {
  const drill = afterSla(f);
  if (drill === null) return nobody(f);
  if (drill.passedOn === 0) return null;
  return settled(drill, `${plural(drill.passedOn, 'question')} went one level up, that of ${drill.designated} among them`);
};

const everyQueueDecided: Probe = (f) => {
  const none = nobody(f);
  const { drill, evidence } = f.view;
  if (drill === null || (none === null && afterSla(f) === null)) return null;
  const { slack, alsoTo = [] } = f.d.file;
  const adapters = evidence['adapters'];
  if ((slack !== undefined || alsoTo.length > 0) && adapters === undefined) return null;
  const verified = adapters === undefined ? 'no notification adapter in use' : adapters.summary;
  if (drill.undecided === 0)
    return settled(
      { ...drill, at: drill.reached.decided?.at ?? drill.at },
      `${plural(drill.asked, 'queue')}, each with a decision; ${verified}`,
    );
  if (drill.undecided > drill.silent || missingConfirmations(f.state, 'W2.07').length > 0) return null;
  const order = Object.values(f.view.commands).findLast(
    (c) => c.outcome === 'applied' && c.kind === 'confirm' && c.scope?.names[0] === 'W2.07',
  );
  if (!order) return null;
  const decided = `${plural(drill.silent, 'queue')} decided by ${order.person}, entry #${order.index}: ${order.reason ?? ''}`;
  return settled({ ...drill, at: order.at }, `${decided}; ${verified}`.slice(0, 2000));
};

export const DRILL: Probes = {
  'W2.04': allAsked,
  'W2.05': answered,
  'W2.06': passedOn,
  'W2.07': everyQueueDecided,
};
