import { sha256Hex } from '../keys.ts';
import { checkAdopted, checkEnvelope } from './envelopes.ts';
import { checkExit } from './exits.ts';
import { EVIDENCE, readAll, type LogFiles } from './files.ts';
import type { Found } from './finding.ts';
import type { DeploymentState } from './rules/state.ts';

/** Reads every document beside the log: it is what its name says, what entries cite is there, and orders, stops and exits are what was signed. */
export async function checkEvidence(o: {
  files: LogFiles;
  paths: readonly string[];
  cited: ReadonlyMap<string, number>;
  deployments: Iterable<DeploymentState>;
  found: Found;
}): Promise<number> {
  const { files, cited, found } = o;
  const paths = o.paths.filter((path) => path.startsWith(EVIDENCE));
  const signed = new Map<string, ((bytes: Uint8Array) => void)[]>();
  const check = (digest: string, how: (bytes: Uint8Array) => void): void => {
    const hex = digest.replace(/^sha256:/, '');
    signed.set(hex, [...(signed.get(hex) ?? []), how]);
  };
  for (const state of o.deployments) {
    for (const order of state.orders.values()) check(order.envelope.digest, (bytes) => checkEnvelope(state, order, bytes, found));
    for (const exit of state.exits) check(exit.data.evidence.digest, (bytes) => checkExit(state, exit, bytes, found));
    for (const adopted of state.adopted) check(adopted.data.record.digest, (bytes) => checkAdopted(state, adopted, bytes, found));
  }
  const there = new Set(paths.map((path) => path.slice(EVIDENCE.length)));
  for (const [hex, index] of cited)
    if (!there.has(hex)) found.finding('evidence_missing', `entry ${index} cites it`, { index, file: EVIDENCE + hex });
  for await (const { item: file, bytes } of readAll(paths, (path) => files.read(path), files.ahead)) {
    const hex = file.slice(EVIDENCE.length);
    const index = cited.get(hex);
    const where = { file, ...(index === undefined ? {} : { index }) };
    if (!bytes || sha256Hex(bytes) !== hex) found.finding('evidence_differs', file, where);
    else for (const how of signed.get(hex) ?? []) how(bytes);
  }
  return paths.length;
}
