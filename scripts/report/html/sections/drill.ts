import { drillWords } from '../../../../domain/describe/drill.ts';
import { number, plural } from '../../../../domain/describe/words.ts';
import { RESPONSE_TARGET } from '../../../../domain/drill/figures.ts';
import type { Report } from '../../../../domain/report/report.ts';
import { chip, digest, markup, section, table, type Markup } from '../markup.ts';

/** A page of hundreds of names helps nobody; the evidence has them all. */
const MOST = 60;

/** What the drill of the managers' queues found, and who is to be taught again (A3). */
export function drillSection({ drill, passedOn }: Report): Markup | null {
  if (drill === null) return null;
  const percent = Math.round(drill.responseRate * 100);
  const rest = drill.slowCount - Math.min(MOST, drill.slow.length);
  return section(
    'drill',
    'Managers’ queues',
    `${drillWords(drill)}.`,
    markup`<ul class="rows">
      <li><b>Answered in time</b>${percent >= RESPONSE_TARGET * 100 ? chip('within', `${percent} %`) : chip('over', `${percent} %`)} <span class="muted">of a target of ${RESPONSE_TARGET * 100} %</span></li>
      <li><b>Passed one level up</b>${number(passedOn)} <span class="muted">in the drill and on live queues</span></li>
      <li><b>Left unanswered on purpose</b>the item of ${drill.designated}</li>
      <li><b>Evidence</b>${digest(drill.evidence.digest)} <span class="muted">entry #${drill.auditIndex}</span></li>
    </ul>`,
    drill.slow.length > 0 &&
      markup`<div class="shown" style="margin-top:26px">${table(
        'Managers who did not answer in time: a refresher for them (A3)',
        [{ head: 'Manager', names: true }, { head: 'Answered instead by' }, { head: 'After', right: true }],
        drill.slow
          .slice(0, MOST)
          .map((s) => [
            markup`<span class="id">${s.manager}</span>`,
            s.decidedBy === s.manager ? 'themself' : (s.decidedBy ?? 'nobody yet'),
            s.hours === null ? '–' : `${s.hours.toFixed(1)} h`,
          ]),
      )}</div>`,
    rest > 0 && markup`<p class="muted">${plural(rest, 'more manager')} in the evidence.</p>`,
  );
}
