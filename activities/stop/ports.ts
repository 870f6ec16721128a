import type { DeploymentFile } from '../../domain/deployment-file.ts';
import type { DeploymentName } from '../../domain/ids.ts';
import type { Ports } from '../ports.ts';

/** A deployment file that the root signed, with the very bytes that it signed. */
export interface KeptFile {
  file: DeploymentFile;
  /** Key and digest of the file's bytes. */
  fileRef: { ref: string; digest: string };
  signedFile: { bytes: Uint8Array; signature: Uint8Array };
}

/** Signed deployment files on the worker's own disk: a stop asks no bucket. */
export interface KeptFiles {
  /** As it is kept; undefined when none is. Its bytes are held against the pinned root each time. */
  read(name: DeploymentName): Promise<KeptFile | undefined>;
  /**
   * As the bucket has it now, kept from now on; undefined when the bucket does not answer soon, or has none that is newer and
   * signed. `absent`: nobody is served here under that name, and that is certain.
   */
  renew(name: DeploymentName, signal?: AbortSignal): Promise<KeptFile | 'absent' | undefined>;
}

export interface StopPorts extends Pick<Ports, 'tenant' | 'now'> {
  files: KeptFiles;
}
