import type { EntryOf } from '../../../domain/entry.ts';
import type { Operation } from '../../../domain/ids.ts';
import { allowed } from './authority.ts';
import { underStop } from './releases.ts';
import type { Announced, Context } from './state.ts';

type Indexed<T> = T & { index: number };

/** Tries that change nothing: the next one has a key of its own, and stands for the one before. */
const TRIED_AGAIN: readonly Operation[] = ['smoke', 'example'];
const WHOLE = '*';

/** customer/deployment/cohort/agent/operation/generation */
const KEY_PARTS = 6;

export function intent(context: Context, entry: Indexed<EntryOf<'intent'>>): void {
  const { state } = context;
  const { index, data, cohort } = entry;
  const { operation, key, agents } = data;
  const parts = key.split('/');
  const [customer, deployment, about, , op] = parts;
  const mine =
    parts.length === KEY_PARTS && `${customer}/${deployment}` === state.name && about === (cohort ?? WHOLE) && op === operation;
  if (!mine)
    context.found.finding('authority_missing', `the key ${key} is not one of ${operation} for ${cohort ?? 'the set'}`, { index });
  const again = TRIED_AGAIN.includes(operation) ? parts.slice(0, -1).join('/') : key;
  const open = state.openByKey.get(again) ?? new Set<string>();
  for (const agent of agents) open.add(agent);
  if (agents.length === 0) open.add(WHOLE);
  state.openByKey.set(again, open);
  const announced: Announced = {
    ...{ index, operation, cohort, key, open },
    agents: new Set(agents),
    left: agents.length,
    head: `${parts.slice(0, 3).join('/')}/`,
    tail: `/${parts.slice(4).join('/')}`,
  };
  state.announced.set(index, announced);
  state.followed.add(`intent under ${data.authority}`);
  allowed(context, entry);
}

/** One outcome per agent, or one for the whole call; under the intent that it cites, which stands before it. */
export function outcome({ found, state }: Context, entry: Indexed<EntryOf<'outcome'>>): void {
  const { index, data, agent } = entry;
  const cited = state.announced.get(data.intent);
  const wrong =
    cited === undefined
      ? `entry ${data.intent} is no earlier intent`
      : cited.operation !== data.operation
        ? `entry ${data.intent} announces ${cited.operation}, not ${data.operation}`
        : cited.cohort !== entry.cohort
          ? `entry ${data.intent} is about ${cited.cohort ?? 'the set'}`
          : agent === undefined
            ? data.key === cited.key
              ? undefined
              : `its key ${data.key} is not the intent's`
            : !cited.agents.has(agent)
              ? `entry ${data.intent} does not announce ${agent}`
              : data.key === cited.head + agent + cited.tail
                ? undefined
                : `its key ${data.key} is not the intent's`;
  if (wrong !== undefined) found.finding('outcome_without_intent', `${data.operation} ${agent ?? ''}: ${wrong}`, { index });
  underStop({ found, state }, entry);
  // Nobody knows yet: what became of it comes later, under the same intent.
  if (cited && data.result !== 'unknown') settle(cited, agent);
}

const NOBODY: ReadonlySet<string> = new Set();

function settle(cited: Announced, agent: string | undefined): void {
  if (agent === undefined) return cited.open.clear();
  cited.open.delete(agent);
  // A deployment announces every agent many times; who was answered for is not needed any more.
  if (cited.agents.has(agent) && --cited.left === 0) cited.agents = NOBODY;
}

/** After the end nothing may be open: neither done nor known to be not done. */
export function checkSettled({ found, state }: Context): void {
  if (state.closed === undefined) return;
  const told = new Set<Set<string>>();
  for (const { index, operation, key, open } of state.announced.values()) {
    if (open.size === 0 || told.has(open)) continue;
    told.add(open);
    const [first] = open;
    found.finding('intent_without_outcome', `${operation} ${key}: ${open.size} open, ${first ?? ''}`, { index });
  }
}
