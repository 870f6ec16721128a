import { execFile } from 'node:child_process';
import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROWS } from '../../domain/runbook/rows.ts';
import type { Report } from '../../domain/report/report.ts';
import { askGoAuditor, askTessera, buildGoAuditor } from '../support/independent.ts';
import { readJournal, summarise } from '../../rehearsal/platform/journal-reader.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WITHIN_MS = 12 * 60_000;

let out: string;
let report: Report;

/** What a newcomer types first, and everything that it leaves behind. */
describe('npm run rehearse', () => {
  beforeAll(async () => {
    out = join(await mkdtemp(join(tmpdir(), 'golive-rehearsal-')), 'out');
    // execFile rejects on any other exit code than 0.
    await promisify(execFile)('npm', ['run', '--silent', 'rehearse', '--', '--out', out], {
      cwd: ROOT,
      timeout: WITHIN_MS,
      maxBuffer: 64 << 20,
    });
    report = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as Report;
  }, WITHIN_MS);

  it('closes with every cohort live but the one that the seed makes fail, which has its reason', () => {
    expect(report.deployment.result).toBe('live-with-exceptions');
    const left = report.cohorts.filter((c) => c.mode !== 'live' || c.livePercent !== 100);
    expect(left.map((c) => ({ phase: c.phase, told: c.reason !== null }))).toEqual([{ phase: 'isolated', told: true }]);
    const { total, ...states } = report.agents;
    expect(total).toBe(1200);
    expect(Object.values(states).reduce((sum, n) => sum + n, 0)).toBe(total);
  });

  it('settles every row of the runbook: exits met or waived, and what is not built says so', () => {
    const open = report.milestones.filter((m) => !['met', 'late', 'waived', 'not-applicable'].includes(m.status));
    expect(open).toEqual([]);
    expect(report.milestones.map((m) => m.id).sort()).toEqual(ROWS.map((r) => r.id).sort());
    for (const m of report.milestones.filter((m) => m.status === 'waived')) expect(m.reason).toMatch(/^(waived: )?not built yet/);
  });

  it('has three executives under each group that went live, each an entry of the log', () => {
    const groups = new Set(report.cohorts.filter((c) => c.mode === 'live').map((c) => c.group));
    for (const group of groups) {
      const signed = report.signOffs.filter((s) => s.group === group);
      expect(new Set(signed.map((s) => s.person)).size).toBe(3);
      expect(signed.every((s) => s.auditIndex > 0)).toBe(true);
    }
  });

  it('keeps to the budget of events, and to payloads that a history can bear', () => {
    expect(report.figures.budget?.within).toBe(true);
    expect(report.figures.largestPayloadBytes).toBeLessThanOrEqual(64 * 1024);
    expect(report.figures.histories?.largestRun?.events).toBeLessThan(4096);
  });

  it("did nothing twice, by the platform's journal", () => {
    const { duplicates, distinct } = summarise(readJournal(join(out, 'work', 'platform', 'journal.jsonl')));
    expect(duplicates).toEqual({ created: 0, minted: 0, raised: 0, keys: 0 });
    expect(distinct['create']).toBe(1200);
  });

  it('leaves a page, a brief, the log as it lies in the bucket, and every history', async () => {
    for (const file of [
      'report.html',
      'brief.md',
      'audit/policy',
      'audit/log/checkpoint',
      'evidence/gates/gate-1.json',
      'history',
    ]) {
      expect((await stat(join(out, file))).size).toBeGreaterThan(0);
    }
  });

  it('leaves a log that the policy beside it verifies, to the last entry and with the line of the witness', async () => {
    const audit = join(out, 'audit');
    const verify = ['run', '--silent', 'golive', '--', 'verify', audit, '--policy', join(audit, 'policy'), '--json'];
    const { stdout } = await promisify(execFile)('npm', verify, { cwd: ROOT, maxBuffer: 64 << 20 });
    expect(JSON.parse(stdout)).toMatchObject({ verified: true, size: report.audit.size, root: report.audit.root });
    expect(report.audit.witnessed).toBe(true);
    expect(report.audit.size).toBeGreaterThanOrEqual(report.audit.entries);
  }, 60_000);

  it(
    'leaves a log that tools accept which nobody here wrote, with the same size and root',
    async () => {
      const audit = join(out, 'audit');
      const { size, root } = report.audit;
      expect(await askGoAuditor(await buildGoAuditor(out), audit)).toEqual({ size, root });
      expect(await askTessera(audit)).toEqual({ size, root });
    },
    5 * 60_000,
  );
});
