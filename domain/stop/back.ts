import type { Scope } from '../command.ts';
import { STOPS, type StoppingKind } from './stop.ts';

/** What takes a stop back, as one would type it after `golive`; null: nothing does. A deployment comes live again wave by wave. */
export function wayBack({
  id,
  kind,
  scope: { level, names },
}: {
  id: string;
  kind: StoppingKind;
  scope: Scope;
}): string[] | null {
  switch (STOPS[kind].liftedBy) {
    case 'resume':
      return ['resume', id];
    case 'lift':
      return ['lift', id];
    case 'promote':
      if (level === 'cohort' || level === 'group' || level === 'agent') return ['promote', `--${level}`, ...names];
      return ['promote', level === 'wave' ? (names[0] ?? 'WAVE') : 'WAVE'];
    default:
      return null;
  }
}

/** Over for all that it names, or for good. */
export const isTakenBack = (kind: string, { names }: Scope, isReleased: boolean, releasedFor: readonly string[]): boolean =>
  kind === 'terminate' || isReleased || (names.length > 0 && names.every((name) => releasedFor.includes(name)));
