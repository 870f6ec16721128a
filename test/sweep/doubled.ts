import type { CommandKind } from '../../domain/command.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { TestCustomer } from '../support/stack/customer.ts';

/** Whatever was done twice to the platform, said twice in Slack, or written over in S3. */
export async function doubled(customer: TestCustomer, view: DeploymentView): Promise<string[]> {
  return [...doneTwice(customer, view), ...(await saidTwice(customer)), ...(await writtenOver(customer))];
}

/** Done once to whom it is done to, whatever the key. */
const ONCE = ['register', 'create', 'bind'];

/** A reissue revokes and mints for each agent of its cohorts again, unless a later one comes first; a termination revokes. */
function doneTwice(customer: TestCustomer, { commands, agents }: DeploymentView): string[] {
  const { duplicates, effects, distinct } = customer.done();
  const { raised, keys } = duplicates;
  const applied = Object.values(commands).filter(({ outcome }) => outcome === 'applied');
  const namedBy = (kind: CommandKind) => applied.flatMap((c) => (c.kind === kind ? (c.scope?.names ?? []) : []));
  const sizeOf = (cohort: string): number => customer.planned.find(({ id }) => id === cohort)?.agents ?? 0;
  const reissued = namedBy('reissue').reduce((sum, cohort) => sum + sizeOf(cohort), 0);
  // What is reissued was revoked first, so that no new one ever meets one that is still valid.
  const overValid = customer
    .journal()
    .flatMap((event) => (event.op === 'mint' ? event.items.filter(({ replaces }) => replaces !== null) : []));
  const wrong = [
    ...ONCE.map((op) => ({ what: op, times: effects[op], instead: distinct[op] })),
    { what: 'mint', times: effects['mint'], instead: agents.total + reissued },
    { what: 'mint in place of one that was valid', times: overValid.length, instead: 0 },
    { what: 'revoke', times: effects['revoke'], instead: reissued + namedBy('terminate').length },
    { what: 'raise of what was there already', times: raised, instead: 0 },
    { what: 'key that was used before', times: keys, instead: 0 },
  ].filter(({ times = 0, instead = 0 }) => times > instead);
  return wrong.map(({ what, times = 0, instead = 0 }) => `${what}: ${times} times instead of ${instead}`);
}

async function saidTwice({ slack }: TestCustomer): Promise<string[]> {
  const keys = (await slack?.messages())?.flatMap(({ channel, metadata }) => {
    const key = metadata?.event_payload.key;
    return key === undefined ? [] : [`${channel} ${key}`];
  });
  return (keys ?? []).filter((key, i, all) => all.indexOf(key) !== i).map((key) => `posted twice: ${key}`);
}

/** A document lies under its digest, and is put only where nothing lies yet. */
async function writtenOver(customer: TestCustomer): Promise<string[]> {
  const audit = customer.store(customer.file.audit.bucket);
  const keys = (await audit.versions('evidence/')).map(({ key }) => key);
  audit.close();
  return keys.filter((key, i) => keys.indexOf(key) !== i).map((key) => `written over: ${key}`);
}
