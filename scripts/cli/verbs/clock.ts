import type { Command } from 'commander';
import type { CommandArguments } from '../../../domain/command.ts';
import { usage } from '../io.ts';
import { nearest } from '../nearest.ts';
import { giveOrder, type OrderOptions } from '../orders/give.ts';
import { addVerb, type Cli } from '../verb.ts';
import { orderOptions, requireReason } from './order-options.ts';

const WHAT = ['start', 'stop', 'rebaseline'] as const;

/** The T-clock: T-0, standing still, and being set back. */
export function clockVerb(program: Command, cli: Cli): void {
  addVerb<OrderOptions & { shift?: string }>(program, cli, {
    usage: 'clock <what>',
    summary: 'start, stop or set back the T-clock',
    description:
      'start: T-0, when every row of the countdown is met; or let a stopped clock go on.\nstop: the clock stands still; windows and waves wait.\nrebaseline: every later due time moves by --shift plan hours.',
    examples: [
      'golive clock start --as lea',
      'golive clock stop --reason "connector down" --as lea',
      'golive clock rebaseline --shift 4h --reason "connector was down" --as lea',
    ],
    options: (c) => orderOptions(c).option('--shift <hours>', 'rebaseline: plan hours, such as 4h or 90m'),
    run: (session, [what = ''], options) => {
      const args = clockArguments(what, options.shift);
      if (args.clock !== 'start') requireReason(options);
      const draft = () => ({ scope: { level: 'deployment' as const, names: [] }, args });
      return giveOrder(session, { kind: 'clock', level: 'deployment', grave: true, draft }, options);
    },
  });
}

function clockArguments(what: string, shift: string | undefined): CommandArguments {
  const clock = WHAT.find((w) => w === what);
  if (clock === undefined)
    throw usage(`The clock knows no ${what}${nearest(what, WHAT)}`, 'golive clock start, stop or rebaseline.');
  if (clock !== 'rebaseline') return { clock };
  if (shift === undefined) throw usage('By how much?', 'Give --shift 4h.');
  return { clock, shiftHours: planHoursOf(shift) };
}

/** Plan hours; a bare number is hours. @example planHoursOf('90m') // 1.5 */
function planHoursOf(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(h|m|min|)$/.exec(text.trim()) ?? [];
  if (amount === undefined) throw usage(`${text} is no number of plan hours.`, 'Write 4h or 90m.');
  return unit === 'm' || unit === 'min' ? Number(amount) / 60 : Number(amount);
}
