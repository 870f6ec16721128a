import type { StepResult } from '../contract.ts';
import { credentialGeneration, isSuperseded } from '../../domain/stop/reissue.ts';
import type { Grant } from '../authority.ts';
import type { Deployment } from '../deployment.ts';
import { bulkWrite, type BulkWrite } from '../side-effect.ts';
import { noteFailed, parts, targetsOf, type Target } from './target.ts';

/** What the agents have ends first: nobody works with a credential that is not trusted while the new one waits for its turn. */
export const revokeOld = (d: Deployment, grant: Grant, attempt: number): Promise<StepResult> =>
  each(d, grant, attempt, 'revoke', (cohort, generation) => ({
    generation,
    call: (items) =>
      d.tenant.platform.revoke(
        {
          ...{ deployment: d.name.deployment, cohort },
          // A repetition that comes late never takes the new one.
          items: items.map(({ key, agent }) => ({ key, agent, credentialGeneration: generation - 1 })),
        },
        d.signal,
      ),
  }));

export const mintNew = (d: Deployment, grant: Grant, attempt: number): Promise<StepResult> =>
  each(d, grant, attempt, 'reissue', (cohort, generation) => ({
    generation,
    call: (items) =>
      d.tenant.platform.mint(
        {
          ...{ deployment: d.name.deployment, cohort, generation: grant.fenceGeneration },
          items: items.map(({ key, agent }) => ({ key, agent, credentialGeneration: generation })),
        },
        d.signal,
      ),
  }));

export const smokeNew = (d: Deployment, grant: Grant, attempt: number): Promise<StepResult> =>
  each(d, grant, attempt, 'smoke', (cohort) => ({
    // Tried for this order, whatever was answered before.
    generation: grant.index,
    call: (items) =>
      d.tenant.platform.smoke(
        {
          ...{ deployment: d.name.deployment, cohort, generation: grant.fenceGeneration },
          items: items.map(({ key, agent }) => ({ key, agent })),
        },
        d.signal,
      ),
  }));

/** Asked anew each time: the later order may have come meanwhile. */
const isTooLate = async (d: Deployment, { cohort, agents }: Target, index: number): Promise<boolean> =>
  isSuperseded(
    await d.view(),
    index,
    cohort,
    agents.map(({ id }) => id),
  );

/** Every chunk of every cohort, one after the other; what one refuses stops nothing but is somebody's task. */
async function each(
  d: Deployment,
  grant: Grant,
  attempt: number,
  operation: 'revoke' | 'reissue' | 'smoke',
  write: (cohort: string, generation: number) => Pick<BulkWrite, 'generation' | 'call'>,
): Promise<StepResult> {
  const view = await d.view();
  const generation = credentialGeneration(view, grant.index);
  let result: StepResult = { done: 0 };
  for (const target of await targetsOf(d, view, grant.command)) {
    const { cohort } = target;
    // An attempt after one that died finds out what became of the calls of that one, and has it recorded.
    if (attempt === 1 && (await isTooLate(d, target, grant.index))) {
      result = { ...result, done: result.done + target.agents.length };
      continue;
    }
    for (const [part, agents] of parts(target).entries()) {
      const {
        code,
        detail = '',
        done,
      } = await bulkWrite(d, attempt, {
        ...{ operation, cohort, agents, authority: grant.index, round: `/order-${grant.index}` },
        part: `${operation}-${part}`,
        ...write(cohort, generation),
      });
      result = { ...result, done: result.done + done };
      if (code === undefined || (await isTooLate(d, target, grant.index))) continue;
      await noteFailed(d, cohort, grant.index, code, detail);
      result = { ...result, code, detail };
    }
  }
  return result;
}
