import type { DeploymentView } from '../../../domain/view.ts';
import type { DeploymentInput } from '../../../workflows/messages/deployment.ts';

/** What a deployment's workflow says of itself. */
export type DeploymentState = NonNullable<DeploymentInput['state']>;

const STAGES = ['countdown', 'provision', 'validate', 'golive', 'closed'] as const;

/** In what a workflow contradicts the log. It may be behind: it then does again what is done, each under its key. */
export function judge(state: Pick<DeploymentState, 'stage' | 'gates' | 'answered'>, view: DeploymentView): string[] {
  const problems: string[] = [];
  const stage = stageIn(view);
  if (STAGES.indexOf(state.stage) > STAGES.indexOf(stage))
    problems.push(`its workflow is in ${state.stage}, and the log only in ${stage}`);
  const orders = Object.values(view.commands).filter((c) => c.outcome === 'applied');
  const lost = state.answered.filter((id) => !orders.some((c) => c.id === id));
  if (lost.length > 0)
    problems.push(`its workflow has answered orders that the log does not have: ${lost.slice(0, 3).join(', ')}`);
  for (const [gate, index] of Object.entries(state.gates)) {
    if (!orders.some((c) => c.index === index))
      problems.push(`${gate} was opened by entry #${index}, which is no order in the log`);
    const passed = view.gates[gate];
    if (passed && passed.commandIndex !== index)
      problems.push(`${gate} was opened by entry #${index}, and by #${passed.commandIndex} in the log`);
  }
  return problems;
}

function stageIn({ header, gates, clock }: DeploymentView): (typeof STAGES)[number] {
  if (header.closedAt !== null) return 'closed';
  if (gates['gate-2'] !== undefined) return 'golive';
  if (gates['gate-1'] !== undefined) return 'validate';
  return clock.startedAtMs === null ? 'countdown' : 'provision';
}
