import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { briefMarkdown } from '../../domain/brief.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import type { PlatformCohort } from '../../domain/report/cohorts.ts';
import { NOTHING_MEASURED, type RunFigures } from '../../domain/report/figures.ts';
import type { AuditHead } from '../../domain/report/audit.ts';
import { buildReport, type Report } from '../../domain/report/report.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { reportHtml } from './html/page.ts';

export interface WriteReportOptions {
  dir: string;
  view: DeploymentView;
  /** The platform's bulk state; null when it does not answer. */
  cohorts: readonly PlatformCohort[] | null;
  figures?: RunFigures;
  /** Limits and people; without it neither changed limits nor names are known. */
  file?: DeploymentFile | null;
  /** What the log says of itself; null when it was not asked, or did not answer. */
  audit?: AuditHead | null;
  /** The brief as it was written into the audit bucket; without it, it is written anew from the same log. */
  brief?: string;
}

export interface WrittenReport {
  report: Report;
  paths: { json: string; html: string; brief: string };
}

/** Writes report.json, report.html and brief.md; each is whole or not there. */
export async function writeReport(options: WriteReportOptions): Promise<WrittenReport> {
  const { dir, view, cohorts, figures = NOTHING_MEASURED, file = null, audit = null } = options;
  const report = buildReport(view, cohorts, figures, file, audit);
  const paths = { json: join(dir, 'report.json'), html: join(dir, 'report.html'), brief: join(dir, 'brief.md') };
  await mkdir(dir, { recursive: true });
  await whole(paths.json, `${JSON.stringify(report, null, 2)}\n`);
  await whole(paths.html, reportHtml(report));
  await whole(paths.brief, options.brief ?? briefMarkdown(view, file));
  return { report, paths };
}

async function whole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}
