import { planHours } from '../../domain/clock.ts';
import { rolesAllowed } from '../../domain/runbook/commands.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { Stage, Step } from './stage.ts';

const isolated = (view: DeploymentView) => Object.values(view.cohorts).filter((c) => c.phase === 'isolated');

/** By whoever may promote at this hour. */
export const promote = async (
  stage: Stage,
  { clock }: DeploymentView,
  level: 'cohort' | 'agent',
  name: string,
): Promise<void> => {
  const [role = 'deployment-lead'] = rolesAllowed('promote', level, planHours(clock, Date.now()));
  await stage.golive(role, 'promote', `--${level}`, name);
};

/** Two cohorts whose smoke is denied, of which one is retried; one that is held; one that is unstable in its wave and promoted again. */
export function troubles(stage: Stage): Step[] {
  const { customer } = stage.name;
  let unstable = '';
  return [
    {
      what: 'a denied cohort is mended and retried',
      when: (view) => isolated(view).length === 2,
      async act(view) {
        const [retried] = isolated(view);
        await stage.control({ action: 'smoke-allow', customer, cohort: retried?.id });
        await stage.golive('deployment-lead', 'retry', '--cohort', retried?.id ?? '');
      },
    },
    {
      what: 'a cohort is held',
      when: (_view, plan) => plan > 33,
      act: (view) => stage.golive('deployment-lead', 'hold', '--cohort', stage.take(view, 'production')),
    },
    {
      what: 'a cohort becomes unstable',
      when: (_view, plan) => plan > 49,
      async act(view) {
        unstable = stage.take(view, 'production');
        await stage.control({ action: 'unstable', customer, cohort: unstable });
      },
    },
    {
      what: 'the unstable cohort is mended and promoted again',
      when: (view) => view.cohorts[unstable]?.phase === 'held',
      async act(view) {
        await stage.control({ action: 'stable', customer, cohort: unstable });
        await promote(stage, view, 'cohort', unstable);
      },
    },
  ];
}
