import type { LogReader } from '../../clients/recorder/reader.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import { plural } from '../../domain/describe/words.ts';
import type { DeploymentName } from '../../domain/ids.ts';
import type { Report } from '../../domain/report/report.ts';
import { stoppingFindings } from '../../domain/report/stopping-check.ts';
import { MACHINE } from '../../domain/authority/signer.ts';
import type { IncidentView } from '../../domain/view/stops.ts';
import { holders } from '../../domain/waiting/ask.ts';
import type { Ordering } from './carry-out.ts';
import { firesOf, type Fault } from './fault-file.ts';
import { unexplained, type Explanation } from './incidents.ts';
import type { People } from './people.ts';

/** Whoever finds out why finds what the fault script says of the last fault that made the row fire about it. */
export const explainedBy =
  (faults: readonly Fault[]) =>
  (incident: IncidentView): Explanation => {
    const { row, scope } = incident.opened;
    const fault = faults.findLast((f) => {
      const fires = firesOf(f);
      return (
        fires !== null && fires.row === (row ?? 'person') && (scope.names.length === 0 || scope.names.includes(fires.subject))
      );
    });
    const { cause, followUp } = unexplained(incident);
    return { cause: fault?.cause ?? cause, followUp: fault?.followUp ?? followUp };
  };

const STOP = 'STOP';

/** What people do unasked, as the fault script has it: by whoever holds the role first-hand. */
export const orderedBy =
  ({
    people,
    file,
    log,
    name,
  }: {
    people: Pick<People, 'order'>;
    file: DeploymentFile;
    log: LogReader;
    name: DeploymentName;
  }): Ordering =>
  async (role, typed) => {
    const [person] = holders(file, role);
    if (person === undefined) throw new Error(`nobody is ${role}`);
    const [verb] = typed;
    const holds = typed.includes(STOP) ? Object.values((await log.state(name))?.holds ?? {}) : [];
    const stop = holds.findLast((h) => h.released === null && h.by !== MACHINE && h.liftedBy === verb)?.holdId ?? STOP;
    await people.order(person, [...typed.map((word) => (word === STOP ? stop : word)), '--as', person, '--role', role]);
  };

/** One line of what was to fire and did, and one for each thing that is missing; nothing where nothing was to fire. */
export function stoppingWords(report: Report): string[] {
  const meant = report.faults.filter(({ fires }) => fires !== null);
  if (meant.length === 0) return [];
  const rows = new Set(report.stopping.flatMap(({ id, firings }) => (firings.some((f) => f.faultAt !== null) ? [id] : [])));
  const findings = stoppingFindings(report);
  return [
    `Stopping table: ${plural(meant.length, 'fault')} made ${rows.size} of ${report.stopping.length} rows fire; ${plural(findings.length, 'finding')}.`,
    ...findings.map((finding) => `Stopping table: ${finding}`),
  ];
}
