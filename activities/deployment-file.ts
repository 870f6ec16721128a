import { putEvidence } from '../clients/store/evidence.ts';
import type { EvidenceRef, NewEntry } from '../domain/entry.ts';
import type { DeploymentView } from '../domain/view.ts';
import type { Deployment } from './deployment.ts';

/**
 * The deployment file in force and its signature under the root, kept beside the log: by their keys whoever verifies the
 * log judges every order that follows. A new version is kept before the first order that is judged by it.
 */
export async function keptFile(
  d: Pick<Deployment, 'tenant' | 'fileRef' | 'signedFile' | 'entry' | 'signal'> & { file: Pick<Deployment['file'], 'version'> },
  view?: DeploymentView,
): Promise<{ file?: EvidenceRef; entries: NewEntry[] }> {
  const subject = `deployment-file:${d.fileRef.digest}`;
  if (view?.evidence[subject] !== undefined) return { entries: [] };
  const { audit, auditPrefix } = d.tenant;
  const file = await putEvidence(audit, auditPrefix, d.signedFile.bytes, { contentType: 'application/yaml', signal: d.signal });
  const evidence = await putEvidence(audit, auditPrefix, d.signedFile.signature, {
    contentType: 'application/json',
    signal: d.signal,
  });
  const summary = `version ${d.file.version} of the deployment file, signed under the root`;
  return { file, entries: [d.entry('evidence', `deployment-file/${d.fileRef.digest}`, { subject, summary, evidence })] };
}
