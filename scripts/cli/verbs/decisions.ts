import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { sha256Digest } from '../../../audit/keys.ts';
import { parseJson } from '../../../audit/statement.ts';
import { own } from '../../../domain/authority/context.ts';
import { missingApprovals, missingConfirmations, waiversOf } from '../../../domain/authority/quorum.ts';
import type { Scope } from '../../../domain/command.ts';
import type { Role } from '../../../domain/roles.ts';
import { findRow, rowOwners, ROWS } from '../../../domain/runbook/rows.ts';
import { groupsToSign, groupsToSignPersonally } from '../../../domain/waiting/sign.ts';
import { usage } from '../io.ts';
import { nearest } from '../nearest.ts';
import { giveOrder, type OrderOptions } from '../orders/give.ts';
import type { Facts, OrderSpec } from '../orders/spec.ts';
import { addVerb, type Cli } from '../verb.ts';
import { knownNames, orderOptions, pairs, requireReason } from './order-options.ts';

const DAY_MS = 86_400_000;

interface DecisionOptions extends OrderOptions {
  reject?: boolean;
}

/** What people decide: approvals, sign-offs, confirmations, waivers. */
export function decisionVerbs(program: Command, cli: Cli): void {
  addVerb<DecisionOptions>(program, cli, {
    usage: 'approve <what>',
    summary: 'approve the manifest set, or give the go-ahead',
    description:
      'approve set: an executive approves exactly the manifest set that lies there (C3).\napprove go-ahead: the Customer Lead lets the agents be created (W1.02).',
    examples: [
      'golive approve set --as jane',
      'golive approve go-ahead --as jane',
      'golive approve set --as jane --reject --reason "cohort 7 has the wrong manager"',
    ],
    options: (c) => orderOptions(c).option('--reject', 'say no; needs --reason'),
    run: (session, [what = ''], options) => {
      if (options.reject === true) requireReason(options);
      return giveOrder(session, approval(what, options), options);
    },
  });

  addVerb<DecisionOptions & { group?: string[]; all?: boolean }>(program, cli, {
    usage: 'sign',
    summary: 'sign off cohort groups for going live, or reject them',
    examples: [
      'golive sign --all --as jane',
      'golive sign --group engineering-ic sales-ic --as jane',
      'golive sign --group hr-lead --reject --reason "escalations unanswered" --as jane',
    ],
    options: (c) =>
      orderOptions(c)
        .option('--group <names...>', 'these cohort groups')
        .option('--all', 'every group that your role has not spoken about')
        .option('--reject', 'say no; needs --reason'),
    run: (session, _args, options) => {
      if (options.reject === true) requireReason(options);
      return giveOrder(session, signature(options), options);
    },
  });

  addVerb<OrderOptions & { noGo?: string[]; evidence?: string }>(program, cli, {
    usage: 'confirm <row>',
    summary: 'confirm a row of the runbook that waits for a person',
    examples: [
      'golive confirm C4 --as otto',
      'golive confirm W2.08 --as jane',
      'golive confirm W2.08 --no-go sales-ic-research="too many denied calls" --as jane',
      'golive verify s3://acme-audit/q4 --policy policy --json > W1.14.json && golive confirm W1.14 --evidence W1.14.json --as sam',
      'golive confirm W1.15 --reason "the witness was moved to another rack" --as sam',
      'golive confirm W3.13 --as otto',
    ],
    options: (c) =>
      orderOptions(c)
        .addOption(noGoOption())
        .option('--evidence <file>', 'W1.14, W2.09: the JSON report; its digest is signed, the file stays with you'),
    run: async (session, [row = ''], options) => {
      const name = knownRow(row);
      const digest = options.envelope === undefined ? await reportDigest(name, options.evidence) : undefined;
      return giveOrder(session, confirmation(name, pairs('--no-go', options.noGo ?? []), digest), options);
    },
  });

  addVerb<OrderOptions>(program, cli, {
    usage: 'waive <row>',
    summary: 'waive a row; it takes its owner and the Deployment Lead',
    examples: ['golive waive W1.10 --reason "the vault was slow, all credentials are there" --as lea'],
    options: orderOptions,
    run: (session, [row = ''], options) => {
      const name = knownRow(row);
      requireReason(options);
      const spec: OrderSpec = {
        kind: 'waive',
        level: 'row',
        roles: () => waiversOf(name),
        draft: () => ({ scope: only('row', name) }),
      };
      return giveOrder(session, spec, options);
    },
  });
}

function approval(what: string, options: DecisionOptions): OrderSpec {
  const decision = options.reject === true ? ('reject' as const) : ('approve' as const);
  if (what === 'go-ahead') {
    return {
      kind: 'approve',
      level: 'deployment',
      grave: true,
      draft: () => ({ scope: { level: 'deployment', names: [] }, args: { decision } }),
    };
  }
  if (what !== 'set')
    throw usage(
      `There is nothing called ${what} to approve${nearest(what, ['set', 'go-ahead'])}`,
      'golive approve set, or golive approve go-ahead.',
    );
  return {
    kind: 'approve',
    level: 'set',
    grave: true,
    open: ({ state, nowMs }) => missingApprovals(state, new Date(nowMs).toISOString()),
    draft: ({ file }) => ({
      scope: { level: 'set', names: [] },
      args: { decision },
      validMs: file.limits.approvalValidDays * DAY_MS,
    }),
  };
}

function signature(options: DecisionOptions & { group?: string[]; all?: boolean }): OrderSpec {
  const decision = options.reject === true ? ('reject' as const) : ('approve' as const);
  return {
    kind: 'sign',
    level: 'group',
    grave: true,
    open: ({ view, state }) =>
      (['customer-lead', 'security-lead', 'cfo'] as const).filter((role) => groupsFor(view, state, role).length > 0),
    draft: ({ view, state, role, delegation }) => {
      const { groups: within = groupsOf(view) } = delegation ?? {};
      const names =
        options.all === true
          ? groupsFor(view, state, role).filter((group) => within.includes(group))
          : knownNames('group', options.group ?? [], groupsOf(view));
      if (names.length === 0) {
        throw options.all === true
          ? usage('There is no group that waits for your signature.', 'golive status shows what is waited for.')
          : usage('Say which groups: --group NAME…, or --all.');
      }
      const evidence = Object.fromEntries(
        names.flatMap((name) => (view.groupEvidence[name] ? [[name, view.groupEvidence[name].evidence.digest]] : [])),
      );
      return { scope: { level: 'group', names }, args: { decision }, evidence };
    },
  };
}

/** With their own key, somebody also signs what so far came through Slack only and must not. */
const groupsFor = (view: Facts['view'], state: Facts['state'], role: Role): string[] => [
  ...groupsToSign(view, state, role),
  ...groupsToSignPersonally(view, state, role),
];

function confirmation(row: string, noGo: Record<string, string>, report: string | undefined): OrderSpec {
  const found = findRow(row);
  return {
    kind: 'confirm',
    level: 'row',
    roles: () => (found === undefined ? [] : rowOwners(found)),
    open: ({ state }) => missingConfirmations(state, row),
    draft: ({ view, state, role }) => {
      knownNames('cohort', Object.keys(noGo), Object.keys(view.cohorts));
      const args = {
        ...(row === 'C4' ? { role } : {}),
        ...(Object.keys(noGo).length > 0 ? { noGo } : {}),
        ...(report === undefined ? {} : { evidence: report }),
      };
      const shown = own(state.openEvidence, row);
      return {
        scope: only('row', row),
        args,
        evidence: row === 'W2.08' ? reviewed(view) : shown === undefined ? {} : { [row]: shown },
      };
    },
  };
}

/** Asked for before anything is signed: without it the order would be refused. What the report says is for its owner to read. */
async function reportDigest(row: string, file: string | undefined): Promise<string | undefined> {
  const report = findRow(row)?.report;
  if (file === undefined) {
    if (report === undefined) return undefined;
    throw usage(`${row} is confirmed with ${report}.`, `golive status shows how it is made; then --evidence FILE.`);
  }
  if (report === undefined) throw usage(`${row} is confirmed without a report.`);
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined) throw usage(`${file} cannot be read.`, `Make ${report} first: golive status shows how.`);
  if (parseJson(bytes) === undefined) throw usage(`${file} is not JSON, so it is not ${report}.`, 'Make it with --json.');
  return sha256Digest(bytes);
}

/** Commander takes whatever begins with `--no-` for the opposite of an option; this one is an option of its own. */
function noGoOption(): Option {
  const option = new Option('--no-go <cohort=reason...>', 'W2.08: cohorts that do not go live');
  option.negate = false;
  return option;
}

/** The review is about what every group's evidence says. */
const reviewed = (view: Facts['view']): Record<string, string> =>
  Object.fromEntries(Object.values(view.groupEvidence).map(({ group, evidence }) => [group, evidence.digest]));

export const groupsOf = (view: Facts['view']): string[] => [...new Set(Object.values(view.cohorts).map((c) => c.group))];

const only = (level: Scope['level'], name: string): Scope => ({ level, names: [name] });

/** @example knownRow('w2.08') // 'W2.08' */
function knownRow(given: string): string {
  const name = given.toUpperCase();
  const ids = ROWS.map((r) => r.id);
  if (ids.includes(name)) return name;
  throw usage(`The runbook has no row ${given}${nearest(given, ids)}`, 'golive status shows the rows.');
}
