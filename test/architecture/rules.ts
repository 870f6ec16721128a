import type { IForbiddenRuleType, IRegularForbiddenRuleType } from 'dependency-cruiser';
import { ALL_FOLDERS } from './sourceFiles.ts';

interface Allowed {
  /** Patterns of our own files, besides those of the folder itself. */
  ours: string[];
  /** npm packages and Node's own modules; not given: any. */
  packages?: string[];
  builtins?: string[];
}

const MESSAGES = '^workflows/messages(\\.ts$|/)';
/** Ports, and what is written on nothing but a port: the digest-named evidence, the log as its readers see it, a stop. Never an adapter. */
const PORTS = '^clients/(error|[^/]+/port|store/evidence|recorder/reader|platform/stop)\\.ts$';
/**
 * Entries and signed documents, and what it takes to believe a checkpoint. How the log is stored and published, and how a
 * witness judges, is the business of those processes.
 */
const SIGNED =
  '^audit/(entry|entries|envelopes?|exit|keys|signed-order|statement|approvals|deployment-file|set-files|verify-set|tlog/(policy|checkpoint|cosignature|note))\\.ts$';
const CONTRACT = '^activities/contract(\\.ts$|/)';
const RESPONSES = '^gateway/responses(\\.ts$|/)';
const WIRE = '^clients/platform/wire(\\.schema\\.ts$|/.*\\.schema\\.ts$)';

/** Who may import what. A folder that is not a key here may not be imported by the product at all: `test`, `docs`, `deploy`. */
const ALLOWED: Record<string, Allowed> = {
  domain: { ours: [], packages: ['zod'], builtins: [] },
  workflows: { ours: ['^domain/', CONTRACT], packages: ['@temporalio/workflow', '@temporalio/common'], builtins: [] },
  activities: { ours: ['^domain/', SIGNED, PORTS] },
  clients: { ours: ['^domain/'] },
  audit: { ours: ['^domain/'], packages: ['canonicalize', 'zod'], builtins: ['crypto'] },
  gateway: { ours: ['^domain/', MESSAGES, '^clients/', '^audit/'] },
  scripts: { ours: ['^domain/', MESSAGES, '^clients/', '^audit/'] },
  workers: { ours: ['^(domain|workflows|activities|clients|audit|gateway|console|scripts)/'] },
  rehearsal: { ours: [WIRE] },
  console: { ours: [RESPONSES] },
};

const OURS = `^(${ALL_FOLDERS.join('|')})/`;
const anyOf = (names: string[]): string => `(${names.map((name) => name.replaceAll('/', '\\/')).join('|')})`;

const perFolder = Object.entries(ALLOWED).flatMap(([folder, { ours, packages, builtins }]): IForbiddenRuleType[] => {
  const from = { path: `^${folder}/` };
  return [
    { name: `${folder}: our own files`, severity: 'error', from, to: { path: OURS, pathNot: [`^${folder}/`, ...ours] } },
    ...(packages
      ? [
          forbidden(`${folder}: packages`, from, {
            path: 'node_modules/',
            pathNot: packages.length ? `node_modules/${anyOf(packages)}/` : undefined,
          }),
        ]
      : []),
    ...(builtins
      ? [
          forbidden(`${folder}: Node's modules`, from, {
            dependencyTypes: ['core'],
            pathNot: builtins.length ? `^(node:)?${anyOf(builtins)}$` : undefined,
          }),
        ]
      : []),
  ];
});

function forbidden(
  name: string,
  from: IRegularForbiddenRuleType['from'],
  to: IRegularForbiddenRuleType['to'],
): IForbiddenRuleType {
  return { name, severity: 'error', from, to };
}

export const RULES: IForbiddenRuleType[] = [
  ...perFolder,
  forbidden('domain: zod only in *.schema.ts', { path: '^domain/', pathNot: '\\.schema\\.ts$' }, { path: 'node_modules/zod/' }),
  forbidden('workflows: no *.schema.ts', { path: '^workflows/' }, { path: '\\.schema\\.ts$' }),
  forbidden(
    'workflows: types only of the activities',
    { path: '^workflows/' },
    { path: CONTRACT, dependencyTypesNot: ['type-only'] },
  ),
  forbidden('console: types only of the gateway', { path: '^console/' }, { path: RESPONSES, dependencyTypesNot: ['type-only'] }),
  forbidden(
    'Temporal is not for clients (but commands) or the log',
    { path: '^(clients|audit)/', pathNot: '^clients/commands(\\.ts$|/)' },
    { path: 'node_modules/@temporalio/' },
  ),
  forbidden('no cycles', {}, { circular: true }),
  forbidden('nothing unresolvable', {}, { couldNotResolve: true }),
];
