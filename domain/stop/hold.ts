import type { Command } from '../command.ts';
import type { Hold } from '../hold.ts';
import { STOPPING_TABLE } from '../runbook/stopping.ts';
import { lifterOf, STOPS, type StoppingKind } from './stop.ts';

/** The hold that a stopping order leaves behind, under the order's id. */
export const holdOfStop = ({ id, kind, args, scope, person, reason, issuedAt }: Command & { kind: StoppingKind }): Hold => ({
  ...{ id, scope, kind, by: person, why: reason, since: issuedAt },
  ceiling: STOPS[kind].ceiling,
  releasedBy: releaserOf({ kind, args }),
});

/** The role that takes it back; together with the Deployment Lead where that takes two. What was terminated nobody brings back. */
const releaserOf = ({ kind, args }: { kind: StoppingKind; args: Command['args'] }): Hold['releasedBy'] => {
  if (kind === 'pause' || kind === 'rollback') return 'deployment-lead';
  return lifterOf({ args }, STOPPING_TABLE.find(({ id }) => id === args.trigger)?.told[0]);
};
