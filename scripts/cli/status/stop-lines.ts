import { scopeWords } from '../../../domain/describe/command.ts';
import { list, number, plural } from '../../../domain/describe/words.ts';
import { incidentsOf, standingStops, type ReportStop } from '../../../domain/report/stops.ts';
import type { CommandKind } from '../../../domain/command.ts';
import type { Role } from '../../../domain/roles.ts';
import { rolesAllowed } from '../../../domain/runbook/commands.ts';
import { wayBack } from '../../../domain/stop/back.ts';
import { holders } from '../../../domain/waiting/ask.ts';
import { standingOf } from '../incident/screen.ts';
import { clip, cut } from '../paint.ts';
import { span } from '../words.ts';
import type { ScreenOptions } from './look.ts';
import type { StatusModel } from './model.ts';

/** A day on which much is stopped is told in full by `golive incident list` and the report. */
const MOST_NAMED = 8;

/** Incidents that are open, worst first: what it is, who has it, and what to type. */
export function incidentLines(model: StatusModel, { paint, width, command }: ScreenOptions): string[] {
  const { facts } = model;
  const open = incidentsOf(facts.view)
    .filter((i) => i.closed === null)
    .sort((a, b) => a.severity - b.severity || b.auditIndex - a.auditIndex);
  if (open.length === 0) return [];
  const lines = open.slice(0, MOST_NAMED).flatMap((i) => {
    const next =
      i.ackedBy === null
        ? paint.accent(command(['incident', 'ack', i.id, ...as(model, [i.owner])]))
        : paint.dim(command(['incident', 'show', i.id]));
    return [
      `  ${(i.severity === 1 ? paint.bad : paint.warn)(`SEV-${i.severity}`)} ${cut(i.title, width - 8)}`,
      `      ${paint.dim(cut(`${standingOf(i)}, opened ${span(facts.nowMs - Date.parse(i.openedAt))} ago`, width - 6))}`,
      `      ${next}`,
    ];
  });
  return [paint.bold('  INCIDENTS'), ...lines, ...more(open.length, command(['incident', 'list']))];
}

/** Stops that stand: what was stopped, how fast, whether it has landed, and what takes it back. */
export function stopLines(model: StatusModel, { paint, width, command }: ScreenOptions): string[] {
  const { facts } = model;
  const standing = standingStops(facts.view).reverse();
  if (standing.length === 0) return [];
  const lines = standing
    .slice(0, MOST_NAMED)
    .flatMap((s) => [
      ...clip(
        `${s.kind} of ${scopeWords(s.scope)}: ${s.reason} (${s.person}, ${span(facts.nowMs - Date.parse(s.at))} ago)`,
        width - 4,
      ).map((line, i) => `  ${i === 0 ? paint.bad('■') : ' '} ${line}`),
      `      ${paint.dim(cut(progress(s), width - 6))}`,
      `      ${back(model, s, command, paint)}`,
    ]);
  return [paint.bold('  STOPPED'), ...lines, ...more(standing.length, command(['incident', 'list']))];
}

function progress({ outcomes, lastMs, left, landed, questionable }: ReportStop): string {
  const done = outcomes === null ? 'flips are not in the log yet' : `${number(outcomes.applied)} down`;
  const took = lastMs === null ? '' : `, the last ${number(lastMs)} ms after the order`;
  const rest = left.length === 0 ? '' : `; not yet: ${list(left)}`;
  const writes =
    questionable === null || questionable.cleanedBy !== null
      ? ''
      : `; ${plural(questionable.count, 'questionable write')} with ${questionable.owner}`;
  return `${done}${took}${rest}; ${landed === null ? 'landing is being watched' : LANDED[landed.verdict]}${writes}`;
}

const LANDED = { pass: 'has landed', fail: 'has NOT landed', 'no-data': 'whether it landed could not be measured' } as const;

const HOW: Record<string, string> = { lift: 'two persons', promote: "from the ramp's first step" };

/** As one would type it; how it goes on stands apart, so that it is not copied along. */
function back(model: StatusModel, stop: ReportStop, command: ScreenOptions['command'], paint: ScreenOptions['paint']): string {
  const way = wayBack(stop);
  if (way === null) return paint.dim('nothing brings it back');
  const [verb = ''] = way;
  // A lift takes two: none of them is named as if one were enough.
  const whose = verb === 'lift' ? [] : as(model, rolesAllowed(verb as CommandKind, stop.scope.level, model.planNow));
  const how = [HOW[verb] ?? '', stop.liftedFor.length === 0 ? '' : `lifted for ${list(stop.liftedFor)}`].filter(
    (part) => part !== '',
  );
  return `${paint.accent(command([...way, ...whose]))}${how.length === 0 ? '' : paint.dim(`  (${how.join('; ')})`)}`;
}

/** Whoever holds one of the roles; nobody where the file cannot be read. */
const as = ({ facts: { file } }: StatusModel, roles: readonly Role[]): string[] => {
  const [person] = file === null ? [] : roles.flatMap((role) => holders(file, role));
  return person === undefined ? [] : ['--as', person];
};

const more = (count: number, how: string): string[] => (count > MOST_NAMED ? [`    and ${count - MOST_NAMED} more: ${how}`] : []);
