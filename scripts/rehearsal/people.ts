import { setMaxListeners } from 'node:events';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import type { DeploymentName } from '../../domain/ids.ts';
import { waitingFor, type Waiting } from '../../domain/waiting.ts';
import type { LogReader } from '../../clients/recorder/reader.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { CliIo } from '../cli/io.ts';
import type { IncidentView } from '../../domain/view/stops.ts';
import { deskOf } from './desk.ts';
import { incidentDuties, unexplained, type Explanation } from './incidents.ts';
import { takeOn, toTakeOn } from './slack/on-duty.ts';
import { slackSigner } from './slack/signing.ts';
import type { SlackControl } from './slack/control.ts';

/** How often the people look at the status, wall milliseconds: often enough for speed 1440, where a second is 24 minutes. */
const LOOK_EVERY_MS = 400;
/** Somebody who is still waited for this long after an order looks again, and gives it again. */
const AGAIN_AFTER_MS = 3000;

export interface People {
  /** Orders given and what became of them. */
  given: { what: string; exitCode: number }[];
  /** Somebody types this after `golive`, unasked. */
  order(person: string, typed: readonly string[]): Promise<void>;
  stop(): void;
  done: Promise<void>;
}

/**
 * The people of a rehearsal. They know nothing but what `golive status` says is waited for, and act through the same CLI
 * as real ones, each with a key of their own; where there is a Slack, its executives sign there.
 */
export function scriptedPeople(options: {
  /** `golive`, as a function. */
  golive: (argv: string[], io: CliIo) => Promise<number>;
  connections: string;
  name: DeploymentName;
  file: DeploymentFile;
  log: LogReader;
  say: (line: string) => void;
  slack?: SlackControl;
  /** Executives sign card by card, however late it is. */
  patient?: boolean;
  refuseToAct?: (waitingId: string) => boolean;
  /** What they find out about an incident. */
  explain?: (incident: IncidentView) => Explanation;
}): People {
  const { connections, name, file, log, say } = options;
  const given: People['given'] = [];
  const stop = new AbortController();
  // Everybody's command line listens to it at once; that is many, and no leak.
  setMaxListeners(0, stop.signal);
  const busy = new Map<string, number>();
  const address = ['--customer', name.customer, '--deployment', name.deployment, '--connections', connections];

  /** One command line; what it says is given back. */
  const golive = async (person: string, command: readonly string[], argv: readonly string[]): Promise<string | undefined> => {
    const [out, errors]: string[][] = [[], []];
    const exitCode = await options.golive([...argv, ...address], {
      stdout: (text) => void out?.push(text),
      stderr: (line) => void errors?.push(line),
      isTTY: false,
      now: () => Date.now(),
      signal: stop.signal,
    });
    given.push({ what: `${person}: golive ${command.join(' ')}`, exitCode });
    if (exitCode === 0) return (out ?? []).join('');
    if (!stop.signal.aborted)
      say(`${person} was not heard (${command.join(' ')}, exit ${exitCode}): ${whyNot(errors ?? [], out ?? [])}`);
    return undefined;
  };
  const desk = deskOf(connections, name);

  const signer =
    options.slack && slackSigner({ control: options.slack, file, say, signal: stop.signal, patient: options.patient === true });

  const act = async (waiting: Waiting, person: string, view: DeploymentView): Promise<void> => {
    const { command, report } = waiting;
    if (await signer?.sign(waiting, person, view)) return;
    if (report !== undefined) {
      const text = await golive(person, report.command, await desk.filled(report.command));
      if (text === undefined) return;
      await desk.keep(report.file, text);
    }
    await golive(person, command, [...(await desk.filled(command)), '--json']);
  };

  const said = async (person: string, words: readonly string[]): Promise<void> => {
    await golive(person, words, [...words, '--json']);
  };

  const look = async (): Promise<void> => {
    const view = await log.state(name, stop.signal);
    if (!view) return;
    const once = (id: string, who: string, work: () => Promise<void>): void => {
      if ((busy.get(id) ?? 0) > Date.now() || options.refuseToAct?.(id) === true) return;
      busy.set(id, Number.POSITIVE_INFINITY);
      work()
        .catch((error: unknown) => say(`${who} could not act: ${String(error)}`))
        .finally(() => busy.set(id, Date.now() + AGAIN_AFTER_MS));
    };
    const waiting = waitingFor(view, file, Date.now());
    // Who signs personally does so for all groups at once, when all three have signed in Slack.
    const inSlack = options.slack !== undefined && waiting.some((w) => w.id.startsWith('sign/'));
    for (const w of waiting) {
      const [person] = w.persons;
      if (w.id === 'sign-personal' && inSlack) continue;
      if (person !== undefined) once(w.id, person, () => act(w, person, view));
    }
    for (const { id, person, words } of incidentDuties(view, file, options.explain ?? unexplained))
      once(id, person, () => said(person, words));
    const { slack } = options;
    if (slack === undefined) return;
    for (const e of toTakeOn(view, Date.now())) once(e.escalation, 'The Deployment Lead', () => takeOn(slack, file, e));
  };

  const done = (async () => {
    while (!stop.signal.aborted) {
      await look().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  })();
  return { given, order: said, stop: () => stop.abort(), done };
}

/** A failed verification puts its findings on stdout, as data; everything else says on stderr why it failed. */
function whyNot(errors: readonly string[], out: readonly string[]): string {
  const said = errors.join(' ').trim();
  if (said !== '') return said.slice(0, 300);
  const finding = /"sentence": ?"([^"]*)"/.exec(out.join(''))?.[1] ?? '';
  return finding.slice(0, 300);
}
