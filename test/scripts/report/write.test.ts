import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeReport } from '../../../scripts/report/write.ts';
import { deploymentEntries, platformOf } from '../../support/deployment-entries.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-report-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const { view, file } = deploymentEntries();

it('writes the three files, whole, and nothing else', async () => {
  const { report, paths } = await writeReport({ dir, view, cohorts: platformOf(view), file });
  expect((await readdir(dir)).sort()).toEqual(['brief.md', 'report.html', 'report.json']);
  expect(JSON.parse(await readFile(paths.json, 'utf8'))).toEqual(report);
  expect(await readFile(paths.brief, 'utf8')).toMatch(/^# acme\/q4: brief for the CEO\n/);
  expect(await readFile(paths.html, 'utf8')).toMatch(/^<!doctype html>/);
});

it('keeps the brief as it stands in the audit bucket, and manages without platform and file', async () => {
  const { report, paths } = await writeReport({ dir: join(dir, 'other'), view, cohorts: null, brief: 'as it was sent\n' });
  expect(await readFile(paths.brief, 'utf8')).toBe('as it was sent\n');
  expect(report).toMatchObject({ platform: { answered: false }, limits: null });
});
