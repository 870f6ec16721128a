import type { LogReader } from '../../clients/recorder/reader.ts';
import { formatT, planHours } from '../../domain/clock.ts';
import type { DeploymentName } from '../../domain/ids.ts';
import { row } from '../../domain/runbook/rows.ts';
import type { DeploymentView } from '../../domain/view.ts';

const LOOK_EVERY_MS = 1000;
const MARKS: Record<string, string> = { met: '✔', late: '⚠', missed: '✖', waived: '–', 'not-applicable': '–' };

/** Tells the run line by line, as its rows are settled; resolves with the last view when the deployment has closed. */
export async function follow(options: {
  log: LogReader;
  name: DeploymentName;
  say: (line: string) => void;
  /** Wall milliseconds after which it is given up. */
  timeoutMs: number;
  signal: AbortSignal;
}): Promise<{ view: DeploymentView | undefined; closed: boolean }> {
  const { log, name, say, signal } = options;
  const told = new Set<string>();
  const until = Date.now() + options.timeoutMs;
  let view: DeploymentView | undefined;
  while (Date.now() < until && !signal.aborted) {
    view = (await log.state(name, signal).catch(() => undefined)) ?? view;
    if (view) tell(view, told, say);
    if (view?.header.closedAt != null) return { view, closed: true };
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return { view, closed: false };
}

function tell(view: DeploymentView, told: Set<string>, say: (line: string) => void): void {
  const once = (key: string, line: () => string): void => {
    if (told.has(key)) return;
    told.add(key);
    say(line());
  };
  const at = (wall: string | null): string => {
    const hours = wall === null ? null : planHours(view.clock, Date.parse(wall));
    return (hours === null ? '' : formatT(Math.max(0, hours))).padStart(8);
  };
  for (const m of Object.values(view.milestones).sort((a, b) => a.index - b.index)) {
    if (m.status === 'waived') continue;
    const { title } = row(m.row);
    const why = m.status === 'met' || m.reason === null ? '' : ` (${m.status}: ${m.reason})`;
    once(`row/${m.row}`, () => `${at(m.doneAt)}  ${MARKS[m.status] ?? ' '} ${m.row.padEnd(5)} ${title}${why}`);
  }
  for (const g of Object.values(view.gates)) once(`gate/${g.gate}`, () => `${at(g.at)}  ━ ${g.gate} passed, go by ${g.by ?? ''}`);
  for (const c of Object.values(view.cohorts)) {
    if (c.phase !== 'isolated' && c.phase !== 'parked' && c.phase !== 'held') continue;
    once(`aside/${c.id}/${c.phase}/${c.phaseAt ?? ''}`, () => `${at(c.phaseAt)}  ! ${c.id} is ${c.phase}: ${c.reason ?? ''}`);
  }
  for (const t of Object.values(view.tasks)) {
    if (t.cohort === null && t.closed === null)
      once(`task/${t.taskId}/${t.index}`, () => `${at(t.at)}  ! ${t.sentence} ${t.next}`);
  }
}
