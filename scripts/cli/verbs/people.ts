import type { Command } from 'commander';
import { delegable } from '../../../domain/authority/delegation.ts';
import type { CommandKind } from '../../../domain/command.ts';
import { personById } from '../../../domain/set/approval.ts';
import { usage } from '../io.ts';
import { nearest } from '../nearest.ts';
import { giveOrder, type OrderOptions } from '../orders/give.ts';
import type { Facts, OrderSpec } from '../orders/spec.ts';
import { addVerb, milliseconds, type Cli } from '../verb.ts';
import { groupsOf } from './decisions.ts';
import { knownNames, orderOptions } from './order-options.ts';

interface DelegateOptions extends OrderOptions {
  orders?: string[];
  group?: string[];
  until?: string;
  watch?: boolean;
}

/** Orders among people: who has an escalation in hand, and who acts for whom. */
export function peopleVerbs(program: Command, cli: Cli): void {
  addVerb<OrderOptions & { handTo?: string }>(program, cli, {
    usage: 'ack <escalation>',
    summary: 'take on an escalation, or hand it to somebody',
    examples: ['golive ack sign/cfo/1 --as ravi', 'golive ack sign/cfo/1 --hand-to lea --as ravi'],
    options: (c) => orderOptions(c).option('--hand-to <person>', 'who has it in hand from now on'),
    run: (session, [escalation = ''], options) => giveOrder(session, acknowledgement(escalation, options.handTo), options),
  });

  addVerb<DelegateOptions>(program, cli, {
    usage: 'delegate <person>',
    summary: 'let another person act in a role of yours, for a while',
    description:
      'The other gives orders in your role with a key of their own, until you revoke it or it runs out. They are counted with you: who acts for you is no second voice.',
    examples: [
      'golive delegate bob --orders sign --until 8h --as finn',
      'golive delegate bob --role cfo --orders sign confirm --group sales-ic --until 2026-03-03T18:00:00Z --as finn',
      'golive delegate bob --orders sign --until 24h --watch --as finn   # is reminded, and signs nothing',
    ],
    options: (c) =>
      orderOptions(c)
        .option('--orders <kinds...>', 'what they may order: sign, confirm, hold, …')
        .option('--until <time>', 'when it runs out: 8h, or a time as 2026-03-03T18:00:00Z')
        .option('--group <names...>', 'only orders about these cohort groups')
        .option('--watch', 'they are told and reminded, and order nothing'),
    run: (session, [to = ''], options) => giveOrder(session, delegation(to, options), options),
  });

  addVerb<OrderOptions>(program, cli, {
    usage: 'revoke <delegation>',
    summary: 'take back a delegation; what was signed under it before the promotion is void',
    examples: ['golive revoke 20260301t080000123-delegate-9f3c2a1b --as finn'],
    options: orderOptions,
    run: (session, [id = ''], options) => giveOrder(session, revocation(id), options),
  });
}

function acknowledgement(escalation: string, handTo: string | undefined): OrderSpec {
  return {
    kind: 'ack',
    level: 'deployment',
    draft: ({ view, file }) => {
      const open = Object.values(view.escalations).filter((e) => e.closed === null);
      known('escalation', escalation, Object.keys(view.escalations), open.length > 0);
      if (handTo !== undefined) knownPerson(file, handTo);
      return { scope: deployment(), args: { escalation, ...(handTo === undefined ? {} : { handTo }) } };
    },
  };
}

function delegation(to: string, options: DelegateOptions): OrderSpec {
  return {
    kind: 'delegate',
    level: 'deployment',
    grave: true,
    draft: ({ view, file, role, nowMs }) => {
      knownPerson(file, to);
      const may: readonly CommandKind[] = delegable(role);
      const kinds = may.filter((kind) => options.orders?.includes(kind));
      const wrong = options.orders?.find((kind) => !may.some((known) => known === kind));
      if (wrong !== undefined)
        throw usage(`${role} cannot delegate ${wrong}${nearest(wrong, may)}`, `They can: ${may.join(', ')}.`);
      if (kinds.length === 0) throw usage('Say what they may order.', `--orders with any of: ${may.join(', ')}.`);
      const groups = options.group === undefined ? {} : { groups: knownNames('group', options.group, groupsOf(view)) };
      const mode = options.watch === true ? ('watch' as const) : ('act' as const);
      return {
        scope: deployment(),
        args: { delegation: { to, role, mode, kinds, ...groups, until: timeOf(options.until, nowMs) } },
      };
    },
  };
}

function revocation(delegationId: string): OrderSpec {
  return {
    kind: 'revoke',
    level: 'deployment',
    draft: ({ view }) => {
      known('delegation', delegationId, Object.keys(view.delegations), true);
      return { scope: deployment(), args: { delegationId } };
    },
  };
}

const deployment = () => ({ level: 'deployment' as const, names: [] });

function known(what: string, id: string, ids: readonly string[], any: boolean): void {
  if (ids.includes(id)) return;
  throw usage(
    `There is no ${what} ${id}${nearest(id, ids)}`,
    any ? `golive status lists the ${what}s.` : `There is none at all.`,
  );
}

function knownPerson(file: Facts['file'], id: string): void {
  if (personById(file, id) !== undefined) return;
  const ids = file.people.map((p) => p.id);
  throw usage(`The deployment file names nobody called ${id}${nearest(id, ids)}`, 'golive status --who lists the people.');
}

/** @example timeOf('8h', Date.parse('2026-03-03T10:00:00Z')) // '2026-03-03T18:00:00.000Z' */
function timeOf(until: string | undefined, nowMs: number): string {
  if (until === undefined) throw usage('Say when it runs out: --until 8h, or a time.');
  const at = Date.parse(until);
  return new Date(/^\d{4}-/.test(until) && !Number.isNaN(at) ? at : nowMs + milliseconds(until)).toISOString();
}
