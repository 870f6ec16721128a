import { touchedBy, type Touched } from '../../../clients/platform/stop.ts';
import type { Command } from '../../../domain/command.ts';
import { commandWords, scopeWords } from '../../../domain/describe/command.ts';
import { number, plural } from '../../../domain/describe/words.ts';
import { STOPS, type StoppingKind } from '../../../domain/stop/stop.ts';
import { EXIT, type ExitCode } from '../io.ts';
import { left } from '../paint.ts';
import type { Session } from '../session.ts';
import { atPlatform } from './order.ts';

const SHOWN = 40;

/** What the stop would touch, as the platform has it now. Signs and hands in nothing. */
export async function sayTouched(session: Session, command: Command): Promise<ExitCode> {
  const { io, options, systems } = session;
  const touched = await touchedBy(
    await systems.platform(),
    atPlatform(command),
    io.signal === undefined ? {} : { signal: io.signal },
  );
  const { ceiling } = STOPS[command.kind as StoppingKind];
  if (options.json === true) {
    io.stdout(`${JSON.stringify({ dryRun: true, command, ceiling, touches: touched }, null, 2)}\n`);
    return EXIT.ok;
  }
  const agents = touched.reduce((sum, t) => sum + t.agents, 0);
  const width = Math.max(...touched.slice(0, SHOWN).map((t) => t.subject.length), 0);
  for (const t of touched.slice(0, SHOWN))
    io.stdout(`${left(t.subject, width)}  ${modeOf(t)} → ${ceiling}  ${plural(t.agents, 'agent')}\n`);
  if (touched.length > SHOWN) io.stdout(`and ${number(touched.length - SHOWN)} more\n`);
  const what = touched.some((t) => t.as === 'agent') ? 'agent' : 'cohort';
  io.stdout(
    touched.length === 0
      ? `Nothing in ${scopeWords(command.scope)} stands higher than ${ceiling} now; nothing could rise above it afterwards.\n`
      : `${plural(touched.length, what)} with ${plural(agents, 'agent')} would go down to ${ceiling}; what does not exist yet could not rise above it.\n`,
  );
  io.stderr(`${commandWords(command)}. Nothing was signed or handed in: this was a dry run.\n`);
  return EXIT.ok;
}

const modeOf = ({ mode, livePercent }: Touched): string =>
  mode === 'live' && livePercent !== undefined && livePercent < 100 ? `live ${livePercent} %` : mode;
