import { stringify } from 'yaml';
import { envelopeText, signJson } from '../../audit/envelope.ts';
import { sha256Hex } from '../../audit/keys.ts';
import { signDeploymentFile } from '../../audit/statement.ts';
import { citedIn } from '../../audit/verify/rules/form.ts';
import { temporarySigner } from '../../clients/keys/local.ts';
import type { Signer } from '../../clients/keys/port.ts';
import { COMMAND_PAYLOAD_TYPE, type Command } from '../../domain/command.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import type { EntryKind, EntryOf, EvidenceRef, NewEntry } from '../../domain/entry.ts';
import { deploymentEntries, type DeploymentOptions } from './deployment-entries.ts';

/** An entry with what it cites by id instead of by index, so that entries can be added, changed and left out. */
export interface Draft {
  entry: NewEntry;
  cites: { intent?: string; authority?: string; commandIndex?: string };
}

export interface SignedDeployment {
  drafts: Draft[];
  file: DeploymentFile;
  /** Documents by the hex of their digest. */
  evidence: Map<string, Uint8Array>;
  rootKey: string;
  /** By person. */
  signers: Map<string, Signer>;
  put(content: string | Uint8Array): EvidenceRef;
  /** Signs an order anew, as its person; returns the reference of its envelope. */
  sign(command: Command, signer?: Signer): Promise<EvidenceRef>;
}

type Mutable = Record<string, unknown>;

/** A made-up deployment in which every signature, digest and reference is real. */
export async function signedDeployment(
  options: DeploymentOptions = {},
  change: (file: DeploymentFile) => void = () => undefined,
): Promise<SignedDeployment> {
  const made = deploymentEntries({ speed: 1440, managers: 20, people: false, ...options });
  const signers = new Map(made.file.people.map((person) => [person.id, temporarySigner()]));
  const file: DeploymentFile = {
    ...made.file,
    people: made.file.people.map((p) => ({ ...p, keys: [signers.get(p.id)?.publicKey ?? ''] })),
  };
  change(file);
  const root = temporarySigner();
  const evidence = new Map<string, Uint8Array>();
  const put = (content: string | Uint8Array): EvidenceRef => {
    const bytes = Buffer.from(content);
    const hex = sha256Hex(bytes);
    evidence.set(hex, bytes);
    return { ref: `${file.audit.prefix}/evidence/${hex}`, digest: `sha256:${hex}` };
  };
  const sign = async (command: Command, signer = signers.get(command.person)): Promise<EvidenceRef> => {
    if (!signer) throw new Error(`nobody is called ${command.person}`);
    return put(envelopeText(await signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value: command, signers: [signer] })));
  };
  const result: SignedDeployment = { drafts: [], file, evidence, rootKey: root.publicKey, signers, put, sign };

  const yaml = put(stringify(file, { lineWidth: 0, aliasDuplicateObjects: false }));
  const signature = put(envelopeText(await signDeploymentFile(evidence.get(yaml.digest.slice(7)) ?? Buffer.of(), file, [root])));
  const maker = new Maker(result, made.entries);
  for (const entry of made.entries) await maker.add(entry);
  const opened = result.drafts.findIndex(({ entry }) => entry.kind === 'deployment.opened');
  const first = result.drafts[opened]?.entry as EntryOf<'deployment.opened'>;
  first.data.deploymentFile = { ...yaml, version: file.version };
  const subject = `deployment-file:${yaml.digest}`;
  const data = { subject, summary: 'the deployment file as the root signed it', evidence: signature };
  result.drafts.splice(opened + 1, 0, draft({ ...first, id: `${first.id}/file`, kind: 'evidence', data }));
  keepCited(result);
  return result;
}

function keepCited({ drafts, evidence }: SignedDeployment): void {
  const cited = new Set<string>();
  for (const { entry } of drafts) {
    citedIn(entry.data, ({ digest }) => cited.add(digest));
    if (entry.kind === 'evidence') cited.add(entry.data.subject.replace('deployment-file:', ''));
  }
  for (const hex of [...evidence.keys()]) if (!cited.has(`sha256:${hex}`)) evidence.delete(hex);
}

const draft = (entry: NewEntry, cites: Draft['cites'] = {}): Draft => ({ entry, cites });

const orderId = (id: string): string => `order-${id}`;

/** Takes over a made-up log entry by entry, and makes true what is only said in it. */
class Maker {
  readonly #to: SignedDeployment;
  readonly #ids: string[];
  readonly #groups = new Map<string, string>();
  readonly #keys = new Map<string, string>();
  readonly #prefix: string;

  constructor(to: SignedDeployment, entries: readonly NewEntry[]) {
    this.#to = to;
    this.#prefix = `${to.file.customer}/${to.file.deployment}/`;
    this.#ids = entries.map(({ id }) => this.#renamed(id));
  }

  async add(made: NewEntry & { index?: number }): Promise<void> {
    const entry = structuredClone(made);
    delete entry.index;
    entry.id = this.#renamed(entry.id);
    const cites: Draft['cites'] = {};
    const data = entry.data as Mutable;
    for (const field of ['intent', 'authority', 'commandIndex'] as const) {
      if (typeof data[field] !== 'number') continue;
      cites[field] = this.#ids[data[field]] ?? '';
    }
    this.#realDocuments(entry);
    await this.#byKind(entry, cites);
    this.#to.drafts.push(draft(entry, cites));
    if (entry.kind === 'intent' && entry.data.agents.length === 0 && entry.data.operation === 'raise') {
      const { operation, key } = entry.data;
      const outcome = { operation, key, intent: -1, result: 'applied' as const };
      this.#to.drafts.push(draft({ ...entry, id: `${entry.id}/outcome`, kind: 'outcome', data: outcome }, { intent: entry.id }));
    }
  }

  #renamed(id: string): string {
    return id
      .replace(`${this.#prefix}command/`, `${this.#prefix}command/order-`)
      .replace(/clock\/start$/, 'clock/order-clock-start');
  }

  #realDocuments({ kind, data }: NewEntry): void {
    const visit = (value: Mutable): void => {
      for (const [field, inner] of Object.entries(value)) {
        if (typeof inner !== 'object' || inner === null) continue;
        const { ref, digest } = inner as Partial<EvidenceRef>;
        if (typeof ref === 'string' && typeof digest === 'string')
          value[field] = { ...inner, ...this.#to.put(JSON.stringify({ kind, ref, group: value['group'] ?? null })) };
        else visit(inner as Mutable);
      }
    };
    visit(data);
  }

  async #byKind(entry: NewEntry, cites: Draft['cites']): Promise<void> {
    switch (entry.kind) {
      case 'command.applied': {
        const { command } = entry.data;
        command.id = orderId(command.id);
        if (command.args.holdId !== undefined) command.args.holdId = orderId(command.args.holdId);
        if (command.kind === 'sign')
          for (const group of command.scope.names) command.saw.evidence[group] = this.#groups.get(group) ?? '';
        entry.data.envelope = await this.#to.sign(command);
        return;
      }
      case 'hold.added':
      case 'hold.released':
        entry.data.holdId = orderId(entry.data.holdId);
        return;
      case 'group.evidence':
        this.#groups.set(entry.data.group, entry.data.evidence.digest);
        return;
      case 'sign-off':
        entry.data.boundTo = this.#groups.get(entry.data.group) ?? '';
        return;
      case 'intent':
        return this.#intent(entry, cites);
      case 'outcome': {
        const key = this.#keys.get(cites.intent ?? '') ?? '';
        entry.data.key = entry.agent === undefined ? key : key.replace(/\/[^/]+(\/[^/]+\/[^/]+)$/, `/${entry.agent}$1`);
        return;
      }
      default:
        return;
    }
  }

  #intent({ id, cohort, data }: EntryOf<'intent'>, cites: Draft['cites']): void {
    const { operation, agents } = data;
    const part = agents.length === 0 || operation === 'raise' ? '*' : (data.key.split('/')[3] ?? '*');
    const generation = operation === 'raise' ? (id.split('/raise/')[1] ?? '').replaceAll('/', '-') : '1';
    data.key = `${this.#prefix}${cohort ?? '*'}/${part}/${operation}/${generation}`;
    this.#keys.set(id, data.key);
    if (operation === 'run') cites.authority = `${this.#prefix}command/order-go-gate-1`;
  }
}

/** Numbers the entries: what is cited by id is cited by index then. An id that is not there becomes the last possible index. */
export function entriesOf(drafts: readonly Draft[]): NewEntry[] {
  const places = new Map(drafts.map(({ entry }, i) => [entry.id, i]));
  return drafts.map(({ entry, cites }) => {
    const data: Mutable = { ...entry.data };
    for (const [field, id] of Object.entries(cites)) data[field] = places.get(id) ?? drafts.length;
    return { ...entry, data } as unknown as NewEntry;
  });
}

export const draftsOf = <K extends EntryKind>(drafts: readonly Draft[], kind: K): (Draft & { entry: EntryOf<K> })[] =>
  drafts.filter((d): d is Draft & { entry: EntryOf<K> } => d.entry.kind === kind);
