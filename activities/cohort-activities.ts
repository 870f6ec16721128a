import type { CohortActivities, CohortRef } from './contract.ts';
import { Context } from '@temporalio/activity';
import type { NewEntry } from '../domain/entry.ts';
import { FAILURES } from '../domain/failure.ts';
import { outputMismatches } from '../domain/manifest/output-schema.ts';
import { gate1, goAhead } from './authority.ts';
import { agentsOf, manifestOf, openDeploymentContext, type Deployment } from './deployment.ts';
import { record, setAsideTask } from './entries.ts';
import type { Ports } from './ports.ts';
import { cohortWrite, enterShadow } from './cohort-write.ts';
import { bulkWrite, roundOf } from './side-effect.ts';

/** Everything that happens to one cohort below live. Each verifies the order that allows it before it calls the platform. */
export function cohortActivities(ports: Ports): CohortActivities {
  const open = (ref: CohortRef) => openDeploymentContext(ports, ref.name);
  const attempt = () => Context.current().info.attempt;

  return {
    async createChunk({ chunk, ...ref }) {
      const d = await open(ref);
      const grant = await goAhead(d, ref.authority);
      const { platform } = d.tenant;
      return bulkWrite(d, attempt(), {
        ...target(ref, grant.index, 'create', String(chunk)),
        agents: agentsOf(await manifestOf(d, ref.cohort), chunk),
        call: (items) => platform.create({ ...where(ref, grant.fenceGeneration), items }, d.signal),
        before: chunk === 'sample' ? [phase(d, ref, 'creating')] : [],
      });
    },

    async bindCohort({ snapshotId, ...ref }) {
      const d = await open(ref);
      const grant = await goAhead(d, ref.authority);
      const { platform } = d.tenant;
      const manifest = await manifestOf(d, ref.cohort);
      return bulkWrite(d, attempt(), {
        ...target(ref, grant.index, 'bind', 'all'),
        agents: manifest.agents,
        call: (items) =>
          platform.bind({ ...where(ref, grant.fenceGeneration), snapshotId, items: items.slice(0, 1000) }, d.signal),
        before: [phase(d, ref, 'binding')],
      });
    },

    async mintChunk({ chunk, ...ref }) {
      const d = await open(ref);
      const grant = await goAhead(d, ref.authority);
      const { platform } = d.tenant;
      return bulkWrite(d, attempt(), {
        ...target(ref, grant.index, 'mint', String(chunk)),
        agents: agentsOf(await manifestOf(d, ref.cohort), chunk),
        call: (items) =>
          platform.mint(
            {
              ...where(ref, grant.fenceGeneration),
              items: items.map(({ key, agent }) => ({ key, agent, credentialGeneration: 1 })),
            },
            d.signal,
          ),
        before: [phase(d, ref, chunk === 'sample' ? 'sampling' : 'minting')],
      });
    },

    async smokeChunk({ chunk, attempt: round, ...ref }) {
      const d = await open(ref);
      const grant = await goAhead(d, ref.authority);
      const { platform } = d.tenant;
      return bulkWrite(d, attempt(), {
        ...target(ref, grant.index, 'smoke', String(chunk)),
        // A retry must really try again: the answer of the first round stays with the first round's key.
        generation: round,
        agents: agentsOf(await manifestOf(d, ref.cohort), chunk),
        call: (items) =>
          platform.smoke(
            { ...where(ref, grant.fenceGeneration), items: items.map(({ key, agent }) => ({ key, agent })) },
            d.signal,
          ),
      });
    },

    async confirmReady(ref) {
      const d = await open(ref);
      const manifest = await manifestOf(d, ref.cohort);
      const state = await stateOf(d, ref.cohort);
      const { created, bound, credentialled, smoked } = state;
      const whole = manifest.agents.length;
      if ([created, bound, credentialled, smoked].some((n) => n !== whole)) {
        const detail = `${whole} agents, at the platform ${created} created, ${bound} bound, ${credentialled} credentialled, ${smoked} with ALLOW`;
        return { done: 0, code: 'side_effect_unknown', detail };
      }
      await record(d.tenant.recorder, [phase(d, ref, 'ready'), ...closedTask(d, ref)], d.signal);
      return { done: whole };
    },

    async runShadow(ref) {
      const d = await open(ref);
      const grant = await gate1(d, ref.authority);
      return enterShadow(d, ref, grant, (await stateOf(d, ref.cohort)).etag);
    },

    async runExample({ attempt: round, ...ref }) {
      const d = await open(ref);
      const grant = await gate1(d, ref.authority);
      const { outputSchema } = await manifestOf(d, ref.cohort);
      return cohortWrite(d, ref, 'example', grant.index, round, [phase(d, ref, 'shadow'), ...closedTask(d, ref)], async (key) => {
        const { output, verdict, dryRun } = await d.tenant.platform.example(
          { deployment: ref.name.deployment, cohort: ref.cohort },
          { key, generation: grant.fenceGeneration },
          d.signal,
        );
        const reasons = [
          ...(dryRun ? [] : ['the output was not a dry run']),
          ...(verdict === 'DENY' ? ['verdict DENY'] : []),
          ...outputMismatches(outputSchema, output),
        ];
        const passed = reasons.length === 0;
        await record(
          d.tenant.recorder,
          [
            d.entry(
              'verdict',
              `${ref.cohort}/example/${round}/verdict`,
              { subject: `example:${ref.cohort}`, verdict: passed ? 'pass' : 'fail', reasons, samples: 1 },
              { cohort: ref.cohort },
            ),
          ],
          d.signal,
        );
        return passed ? { done: 1 } : { done: 0, code: 'example_mismatch', detail: reasons.join('; ').slice(0, 300) };
      });
    },

    async notePhase({ name, cohort, phase: to, attempt: round, code, detail }) {
      const d = await openDeploymentContext(ports, name);
      const about = { cohort };
      const reason = code === undefined ? undefined : `${FAILURES[code].sentence}${detail === undefined ? '' : ` ${detail}`}`;
      const entries: NewEntry[] = [
        d.entry(
          'cohort.phase',
          `${cohort}/phase/${to}/${round}`,
          { phase: to, ...(code === undefined ? {} : { code, reason: reason ?? '', liftedBy: FAILURES[code].next }) },
          about,
        ),
      ];
      if (code !== undefined && (to === 'isolated' || to === 'parked')) {
        const { next } = FAILURES[code];
        entries.push(
          d.entry(
            'task.opened',
            `${cohort}/task/${round}`,
            { taskId: setAsideTask(cohort), owner: 'deployment-lead', code, sentence: `${cohort}: ${reason ?? ''}`, next },
            about,
          ),
        );
      }
      await record(d.tenant.recorder, entries, d.signal);
    },
  };
}

const where = (ref: CohortRef, generation: number) => ({ deployment: ref.name.deployment, cohort: ref.cohort, generation });

const target = (ref: CohortRef, authority: number, operation: 'create' | 'bind' | 'mint' | 'smoke', part: string) => ({
  operation,
  cohort: ref.cohort,
  part,
  generation: 1,
  authority,
  round: roundOf(ref),
});

// A cohort that was set aside passes its phases again after the retry that renewed its authority.
const phase = (
  d: Deployment,
  ref: CohortRef,
  to: 'creating' | 'binding' | 'sampling' | 'minting' | 'ready' | 'shadow',
): NewEntry =>
  d.entry('cohort.phase', `${ref.cohort}/phase/${to}/${ref.authority.renewed ?? 0}`, { phase: to }, { cohort: ref.cohort });

const closedTask = (d: Deployment, ref: CohortRef): NewEntry[] => {
  const { renewed } = ref.authority;
  if (renewed === undefined) return [];
  return [
    d.entry(
      'task.closed',
      `${ref.cohort}/task-closed/${renewed}`,
      { taskId: setAsideTask(ref.cohort), how: 'it went on after a retry' },
      { cohort: ref.cohort },
    ),
  ];
};

async function stateOf(d: Deployment, cohort: string) {
  const [state] = await d.tenant.platform.cohorts(d.name.deployment, d.signal, cohort);
  if (!state) throw new Error(`the platform does not know ${cohort}`);
  return state;
}
