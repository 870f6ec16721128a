import { RULES, type Finding, type Rule } from '../../../audit/verify/finding.ts';
import type { Verification } from '../../../audit/verify/verify.ts';
import { wrap, type Paint } from '../paint.ts';

const count = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** What was read, what is wrong with it, and the verdict as the last line. */
export function verifyScreen(v: Verification, paint: Paint, width: number): string {
  const lines = [paint.bold(`${v.origin}`), ...readLines(v), ...witnessLines(v)];
  for (const { text } of v.notices) lines.push(...hanging(`· ${text}`, width).map(paint.dim));
  const rules = [...new Set(v.findings.map((f) => f.rule))];
  if (rules.length > 0) lines.push('');
  for (const rule of rules) lines.push(...findingLines(rule, v, paint, width));
  lines.push('', verdict(v, paint));
  return `${lines.join('\n')}\n`;
}

function readLines({ read }: Verification): string[] {
  const { entries, tiles, checkpoints, versions, witnessLines, evidence, commands, sideEffects, deployments } = read;
  return [
    `  read  ${count(entries, 'entry', 'entries')}, ${count(tiles, 'tile')}, ${count(checkpoints, 'checkpoint')}, ` +
      `${count(versions, 'version')} of the bucket, ${count(witnessLines, 'witness line')}, ${count(evidence, 'document')}`,
    `        ${count(commands.applied, 'order')} applied, ${count(commands.refused, 'order')} refused; ` +
      `${count(sideEffects.intents, 'intent')}, ${count(sideEffects.outcomes, 'outcome')}; ${deployments.join(', ') || 'no deployment'}`,
  ];
}

function witnessLines({ witnessedAt, witnessGaps }: Verification): string[] {
  if (witnessedAt === undefined) return ['  witness  has signed nothing'];
  const explained = witnessGaps.filter((g) => g.explainedBy !== undefined).length;
  const gaps = witnessGaps.length === 0 ? 'no gap' : `${count(witnessGaps.length, 'gap')}, ${explained} explained`;
  return [`  witness  signed last ${witnessedAt}; ${gaps}`];
}

/** As many as a person reads; `--json` has more. */
const LISTED = 5;

function findingLines(rule: Rule, { findings, counts }: Verification, paint: Paint, width: number): string[] {
  const { sentence, next } = RULES[rule];
  const all = findings.filter((f) => f.rule === rule);
  const more = (counts[rule] ?? 0) - LISTED;
  return [
    `${paint.bad('✗')} ${paint.bold(sentence)} ${paint.dim(rule)}`,
    ...all.slice(0, LISTED).flatMap((f) => hanging(`    ${placed(f)}`, width)),
    ...(more > 0 ? [`    and ${more} more`] : []),
    ...hanging(`  → ${next}`, width).map(paint.accent),
  ];
}

const placed = ({ detail, index, file }: Finding): string => {
  const at = [index === undefined ? '' : `entry #${index}`, file !== undefined && !detail.includes(file) ? file : '']
    .filter((part) => part !== '')
    .join(', ');
  return at === '' ? detail : `${at}: ${detail}`;
};

function hanging(text: string, width: number): string[] {
  const indent = /^ */.exec(text)?.[0] ?? '';
  return wrap(text.trimStart(), width - indent.length).map((line) => indent + line);
}

function verdict({ size, root, total }: Verification, paint: Paint): string {
  if (total > 0) return paint.bad(`not verified: ${count(total, 'finding')}`);
  return paint.good(`verified: size ${size ?? 0}, root ${root ?? ''}`);
}
