import { planHours } from '../../domain/clock.ts';
import { COHORT_PHASES } from '../../domain/entry.ts';
import { modeRank, type Shape } from '../../domain/mode.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { temporalDeployments } from '../../clients/commands/temporal.ts';
import { WORKFLOW_NAMES } from '../../workflows/messages/names.ts';
import type { TestCustomer } from '../support/stack/customer.ts';
import { isOver } from '../support/stack/final-state.ts';
import { signedFor } from '../support/stack/signed-for.ts';
import { order, signed } from '../support/stack/orders.ts';
import type { TestStack } from '../support/stack/stack.ts';

export interface Company {
  agents: number;
  cohorts: number;
  managers: number;
  seed: number;
}

/** From T-0 to the close, with everything on the way that golive has an activity for; ends when all is over. `onWaves`: once gate 2 may open. */
export async function runThrough(
  stack: TestStack<string>,
  customer: TestCustomer,
  withinMs: number,
  onWaves: () => void = () => undefined,
): Promise<DeploymentView> {
  const within = (what: string, holds: (view: DeploymentView) => unknown) => customer.until(what, holds, withinMs);
  // People wait with the next step until what befalls them in this one is over, so that nobody is left behind by it.
  const waits = new Set(['go/gate-2', 'promote/production', 'promote/coordination']);
  await customer.start();
  customer.people((id) => waits.has(id));
  const closed = within('it is closed', ({ header }) => header.closedAt !== null);
  const goOn = (step: string): void => {
    waits.delete(step);
    if (step === 'go/gate-2') onWaves();
  };
  await Promise.all([closed, happenings(stack, customer, within, goOn)]);
  return within(
    'all is over',
    (view) => isOver(view) && Object.values(view.cohorts).every((c) => c.mode === 'live' && c.livePercent === 100),
  );
}

type Within = (what: string, holds: (view: DeploymentView) => unknown) => Promise<DeploymentView>;
type Cause = Parameters<TestCustomer['control']>[0];

/** What befalls the company on its way, and what its people order besides what golive waits for. */
async function happenings(
  stack: TestStack<string>,
  customer: TestCustomer,
  within: Within,
  goOn: (step: string) => void,
): Promise<void> {
  const [research, production, coordination] = (['research', 'production', 'coordination'] as Shape[]).map((shape) =>
    manifestOf(customer, shape),
  );
  if (!research || !production || !coordination) throw new Error('the company has not one cohort of each shape');
  await within('all run in shadow', ({ cohorts }) => {
    const all = Object.values(cohorts);
    return all.length > 0 && all.every(({ phase }) => phase !== null && AFTER_SHADOW.includes(phase));
  });
  const [connector = ''] = production.connectors;
  const identity = 'somebody-else@acme.example';
  const [account = ''] = research.connectors;
  await Promise.all([
    befalls(customer, within, `wrong-identity/${research.name}`, research.name, [
      { action: 'wrong-identity', cohort: research.name, connector: account, identity },
    ]),
    befalls(customer, within, `connector-outage/${connector}`, production.name, [
      { action: 'connector-down', connector },
      { action: 'connector-up', connector },
    ]),
    ordered(stack, customer, within, coordination),
  ]);
  for (const { name } of [research, production, coordination]) await within(`${name} is signed for`, signedFor(name));
  goOn('go/gate-2');
  // Its wave has found it stable: what befalls it now is no reason not to.
  const live = ({ name, shape }: Manifest) =>
    within(`${name} is live`, (view) => isLive(view, name) && view.waves[shape]?.closed != null);
  await live(research);
  await befalls(customer, within, `critical-level/${research.name}`, research.name, [
    { action: 'errors', cohort: research.name, share: 0.3 },
    { action: 'normal', cohort: research.name },
  ]);
  goOn('promote/production');
  await live(production);
  await befalls(customer, within, `manifest-drift/${production.name}`, production.name, [
    { action: 'drift', cohort: production.name },
  ]);
  goOn('promote/coordination');
}

const AFTER_SHADOW: readonly string[] = COHORT_PHASES.slice(COHORT_PHASES.indexOf('shadow'));
type Manifest = TestCustomer['generated']['set']['manifests'][number]['manifest'];
const manifestOf = (customer: TestCustomer, shape: Shape): Manifest | undefined =>
  customer.generated.set.manifests.find(({ manifest }) => manifest.shape === shape)?.manifest;
const isLive = ({ cohorts }: DeploymentView, name: string): boolean =>
  cohorts[name]?.mode === 'live' && cohorts[name].livePercent === 100;

/** The stopping table is watched until then; what befalls anybody later stops nobody. */
const WATCHED_UNTIL = 95;
const unwatched = ({ clock }: DeploymentView): boolean => (planHours(clock, Date.now()) ?? 0) >= WATCHED_UNTIL;

/** golive stops by itself what is concerned; the cause goes away, and people bring back what was stopped. */
async function befalls(
  customer: TestCustomer,
  within: Within,
  trigger: string,
  cohort: string,
  [cause, cure]: [Cause, Cause?],
): Promise<void> {
  const before = await customer.view();
  if (unwatched(before)) return;
  await customer.control(cause);
  const stopOf = (view: DeploymentView) => view.triggers[trigger]?.fired.stop;
  const fired = await within(`${trigger} stops ${cohort}`, (view) => stopOf(view) ?? unwatched(view));
  if (cure) await customer.control(cure);
  await within(`${cohort} is back after ${trigger}`, (view) => {
    const stop = stopOf(view) ?? stopOf(fired);
    if (stop && !view.holds[stop]?.released) return false;
    return (
      isLive(view, cohort) || (!isLive(before, cohort) && modeRank(view.cohorts[cohort]?.mode ?? 'halted') >= modeRank('shadow'))
    );
  });
}

/** One agent leaves for good, and somebody wants to know whether platform and log agree. */
async function ordered(
  stack: TestStack<string>,
  customer: TestCustomer,
  within: Within,
  { name, agents }: Manifest,
): Promise<void> {
  const give = async (command: Parameters<typeof order>[1] & { id: string }): Promise<void> => {
    const envelope = await signed(customer, order(customer, command));
    await temporalDeployments(stack.client, WORKFLOW_NAMES).handIn({ envelope, handedInAt: new Date().toISOString() });
    await within(`${command.id} is answered`, ({ commands }) => commands[command.id]?.outcome === 'applied');
  };
  const as = { person: customer.holder('arx-standby'), role: 'arx-standby' as const };
  const [leaver] = agents.slice(-1).map(({ id }) => id);
  await give({ ...as, id: 'one-leaves', kind: 'terminate', scope: { level: 'agent', names: [leaver ?? ''] } });
  await within('what it did is attested', ({ stops }) => stops['one-leaves']?.attested.length);
  await give({ ...as, id: 'one-compares', kind: 'reconcile', scope: { level: 'cohort', names: [name] } });
}
