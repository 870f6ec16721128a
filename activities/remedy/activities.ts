import { Context } from '@temporalio/activity';
import type { RemedyActivities, RemedyRef } from '../contract/remedy.ts';
import { seen } from '../control/lifting.ts';
import { openDeploymentContext } from '../deployment.ts';
import type { Ports } from '../ports.ts';
import { order } from '../verified-order.ts';
import { ending, ordered } from './allowed.ts';
import { reconcileCohorts } from './reconcile.ts';
import { mintNew, revokeOld, smokeNew } from './reissue.ts';
import { restoreModes } from './restore.ts';

/** What an order mends at the platform. Each activity finds what it is about in the order itself. */
export function remedyActivities(ports: Ports): RemedyActivities {
  const attempt = () => Context.current().info.attempt;
  const reissue = async ({ name, index }: RemedyRef) => {
    const d = await openDeploymentContext(ports, name);
    return { d, grant: await ordered(d, index, 'reissue') };
  };
  return {
    async restore({ name, index }) {
      const d = await openDeploymentContext(ports, name);
      const { command, evidence } = await order(d, index);
      // The first of two voices ends nothing yet. Agents whose halt was lifted before are promoted with no stop to end.
      const ends = command.kind === 'promote' || (evidence && (await seen(d, evidence)).lifted.length > 0);
      if (!ends) return { again: [] };
      return restoreModes(d, await ending(d, index));
    },

    async revokeOld(ref) {
      const { d, grant } = await reissue(ref);
      return revokeOld(d, grant, attempt());
    },
    async mintNew(ref) {
      const { d, grant } = await reissue(ref);
      return mintNew(d, grant, attempt());
    },
    async smokeNew(ref) {
      const { d, grant } = await reissue(ref);
      return smokeNew(d, grant, attempt());
    },

    async reconcile({ name, index }) {
      const d = await openDeploymentContext(ports, name);
      return reconcileCohorts(d, await ordered(d, index, 'reconcile'));
    },
  };
}
