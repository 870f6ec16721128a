import { sha256Hex } from '../keys.ts';
import { checkEnvelope } from './envelopes.ts';
import { EVIDENCE, readAll, type LogFiles } from './files.ts';
import type { Found } from './finding.ts';
import type { DeploymentState, Order } from './rules/state.ts';

/** Reads every document beside the log: it is what its name says, what entries cite is there, and orders are what was signed. */
export async function checkEvidence(o: {
  files: LogFiles;
  paths: readonly string[];
  cited: ReadonlyMap<string, number>;
  deployments: Iterable<DeploymentState>;
  found: Found;
}): Promise<number> {
  const { files, cited, found } = o;
  const paths = o.paths.filter((path) => path.startsWith(EVIDENCE));
  const orders = new Map<string, { state: DeploymentState; order: Order }[]>();
  for (const state of o.deployments)
    for (const order of state.orders.values()) {
      const hex = order.envelope.digest.replace(/^sha256:/, '');
      orders.set(hex, [...(orders.get(hex) ?? []), { state, order }]);
    }
  const there = new Set(paths.map((path) => path.slice(EVIDENCE.length)));
  for (const [hex, index] of cited)
    if (!there.has(hex)) found.finding('evidence_missing', `entry ${index} cites it`, { index, file: EVIDENCE + hex });
  for await (const { item: file, bytes } of readAll(paths, (path) => files.read(path), files.ahead)) {
    const hex = file.slice(EVIDENCE.length);
    const index = cited.get(hex);
    const where = { file, ...(index === undefined ? {} : { index }) };
    if (!bytes || sha256Hex(bytes) !== hex) found.finding('evidence_differs', file, where);
    else for (const { state, order } of orders.get(hex) ?? []) checkEnvelope(state, order, bytes, found);
  }
  return paths.length;
}
