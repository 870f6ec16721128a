import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { temporalDeployments } from '../../../clients/commands/temporal.ts';
import { createHttpLogReader } from '../../../clients/recorder/http-reader.ts';
import type { LogReader } from '../../../clients/recorder/reader.ts';
import { createS3Store } from '../../../clients/store/s3.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import type { EntryKind, EvidenceRef, PlannedCohort, RecordedEntry } from '../../../domain/entry.ts';
import type { DeploymentName } from '../../../domain/ids.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import type { ControlAction } from '../../../rehearsal/platform/control.schema.ts';
import type { JournalEvent } from '../../../rehearsal/platform/events.ts';
import { readJournal, summarise, type JournalSummary } from '../../../rehearsal/platform/journal-reader.ts';
import { runCli } from '../../../scripts/cli/run.ts';
import type { GeneratedCustomer } from '../../../scripts/generate/customer.ts';
import { scriptedPeople } from '../../../scripts/rehearsal/people.ts';
import { slackControl, type SlackControl } from '../../../scripts/rehearsal/slack/control.ts';
import { controlPlatform } from '../../../scripts/stack/control.ts';
import type { Stack } from '../../../scripts/stack/stack.ts';
import { WORKFLOW_NAMES } from '../../../workflows/messages/names.ts';
import { until } from './until.ts';

/** What a command line answered. */
export interface Answer {
  exitCode: number;
  stdout: string;
  stderr: string;
}

type Omitted<T> = T extends unknown ? Omit<T, 'customer'> : never;

interface Given {
  parts: Stack;
  dir: string;
  client: Client;
  generated: GeneratedCustomer;
}

/** One customer of a test's stack: their people, their deployment, and what the platform and the log say of it. */
export class TestCustomer {
  readonly name: DeploymentName;
  readonly file: DeploymentFile;
  readonly generated: GeneratedCustomer;
  readonly log: LogReader & { close(): unknown };
  /** What the scripted people and others said on the way; told when a test fails. */
  readonly said: string[] = [];
  readonly #given: Given;
  readonly #people: { stop(): void }[] = [];

  constructor(given: Given) {
    const { parts, generated } = given;
    const { customer, deployment } = generated.deploymentFile;
    this.#given = given;
    this.generated = generated;
    this.file = generated.deploymentFile;
    this.name = { customer, deployment };
    this.log = createHttpLogReader({
      url: parts.logEndpoints[customer] ?? '',
      token: parts.secrets[customer]?.log.read ?? '',
    });
  }

  /** The workflow alone, as whoever has rights on the namespace can start it. */
  async start(): Promise<void> {
    const { speed, startedBy } = this.file;
    await temporalDeployments(this.#given.client, WORKFLOW_NAMES).start({ name: this.name, speed, startedBy });
  }

  /** The same command line that people use. */
  async golive(...words: string[]): Promise<Answer> {
    const { parts } = this.#given;
    const { customer, deployment } = this.name;
    const answer: Answer = { exitCode: -1, stdout: '', stderr: '' };
    const argv = [...words, '--customer', customer, '--deployment', deployment, '--connections', parts.connectionsFile];
    answer.exitCode = await runCli(argv, {
      stdout: (text) => void (answer.stdout += text),
      stderr: (text) => void (answer.stderr += text),
      isTTY: false,
      now: () => Date.now(),
    });
    return answer;
  }

  /** Its cohorts, as the signed manifests have them. */
  get planned(): PlannedCohort[] {
    return this.generated.set.manifests.map(({ manifest: m }) => ({
      id: m.name,
      group: `${m.function}-${m.level}`,
      shape: m.shape,
      agents: m.agents.length,
    }));
  }

  /** Whoever holds a role first-hand. */
  holder(role: DeploymentFile['people'][number]['roles'][number]): string {
    const person = this.file.people.find((p) => p.roles.includes(role));
    if (person === undefined) throw new Error(`nobody is ${role}`);
    return person.id;
  }

  /** Where its executives sign, when it has a Slack. */
  get slack(): SlackControl | undefined {
    const { slack } = this.#given.parts;
    return slack && this.file.slack && slackControl(slack, this.file.slack.team);
  }

  /** People who do all that is waited for, but for what they refuse. */
  people(refuses: (waitingId: string) => boolean = () => false): void {
    const { parts } = this.#given;
    const people = scriptedPeople({
      golive: runCli,
      connections: parts.connectionsFile,
      name: this.name,
      file: this.file,
      log: this.log,
      say: (line) => void this.said.push(line),
      ...(this.slack === undefined ? {} : { slack: this.slack }),
      refuseToAct: refuses,
    });
    this.#people.push(people);
  }

  /** Changes the world around the customer. */
  async control(action: Omitted<Extract<ControlAction, { customer: string }>>): Promise<void> {
    await controlPlatform(this.#given.parts, { ...action, customer: this.name.customer });
  }

  /** What was really done for this customer: the platform's own journal. */
  journal(): JournalEvent[] {
    const file = join(this.#given.dir, 'platform', 'journal.jsonl');
    return [...readJournal(file)].filter((e) => e.customer === this.name.customer);
  }
  done(): JournalSummary {
    return summarise(this.journal());
  }

  async view(): Promise<DeploymentView> {
    const view = await this.log.state(this.name);
    if (view === undefined) throw new Error('the log has not heard of it');
    return view;
  }

  /** The view, as soon as something holds in it. */
  until(what: string, holds: (view: DeploymentView) => unknown, withinMs?: number): Promise<DeploymentView> {
    const ask = async () => {
      const view = await this.log.state(this.name);
      return view !== undefined && Boolean(holds(view)) && view;
    };
    return until(`${this.name.customer}: ${what}`, ask, withinMs).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${[...this.said.slice(-8), ...(await this.#standing())].join('\n')}`);
    });
  }

  /** For who has to find out why a run stands still. */
  async #standing(): Promise<string[]> {
    const view = await this.view().catch(() => undefined);
    if (view === undefined) return ['the log does not answer'];
    return [
      ...Object.values(view.tasks).flatMap((t) => (t.closed === null ? [`task ${t.taskId}: ${t.sentence}`] : [])),
      ...Object.values(view.cohorts).map((c) => `${c.id}: ${c.phase ?? 'new'} ${c.mode ?? ''} ${c.reason ?? ''}`),
      `rows ${Object.values(view.milestones)
        .map((m) => `${m.row} ${m.status}`)
        .join(', ')}`,
    ];
  }

  async entries<K extends EntryKind>(...kinds: K[]): Promise<Extract<RecordedEntry, { kind: K }>[]> {
    const found: RecordedEntry[] = [];
    for await (const entry of this.log.entries({ deployment: this.name, ...(kinds.length > 0 ? { kinds } : {}) }))
      found.push(entry);
    return found as Extract<RecordedEntry, { kind: K }>[];
  }

  /** One of the customer's buckets, as somebody sees it who may do anything there. */
  store(bucket: string): ReturnType<typeof createS3Store> {
    const { endpoint, region, accessKey, secretKey } = this.#given.parts.s3;
    return createS3Store({ endpoint, region, bucket, credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } });
  }

  /** A document from beside the log. */
  async evidence({ ref }: EvidenceRef): Promise<string> {
    const audit = this.store(this.file.audit.bucket);
    const bytes = await audit.get(ref);
    audit.close();
    return Buffer.from(bytes ?? '').toString('utf8');
  }

  /** Changes one byte of a file of the set, after it was signed. */
  async flipByte(key: string): Promise<void> {
    const { bucket, prefix } = this.file.manifestSet;
    const store = this.store(bucket);
    const path = `${prefix}/${key}`;
    const bytes = await store.get(path);
    if (bytes === undefined) throw new Error(`there is no ${path}`);
    const changed = Buffer.from(bytes);
    const at = Math.floor(changed.length / 2);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await store.put(path, changed);
    store.close();
  }

  async close(): Promise<void> {
    for (const people of this.#people) people.stop();
    await this.log.close();
  }
}
