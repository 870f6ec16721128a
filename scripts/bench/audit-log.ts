import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, envelopeText, signJson } from '../../audit/envelope.ts';
import { sha256Digest, sha256Hex } from '../../audit/keys.ts';
import { checkpointText, signHead } from '../../audit/tlog/checkpoint.ts';
import { cosign } from '../../audit/tlog/cosignature.ts';
import { leafHash, MerkleTree } from '../../audit/tlog/merkle.ts';
import { verifierOf } from '../../audit/tlog/note.ts';
import { policyText } from '../../audit/tlog/policy.ts';
import { bundleBytes, TILE_WIDTH, tileBytes, tilePath, tilesOf } from '../../audit/tlog/tiles.ts';
import { loadKeyFile, temporarySigner } from '../../clients/keys/local.ts';
import { COMMAND_PAYLOAD_TYPE, type Command } from '../../domain/command.ts';
import type { EntryData, EntryKind, EvidenceRef } from '../../domain/entry.ts';
import { APPROVING_ROLES } from '../../domain/set/approval.ts';
import { approvalCommand, generateCustomer } from '../generate/customer.ts';
import { writeTo } from '../generate/write.ts';

const T0 = Date.parse('2026-03-02T08:00:00.000Z');
const NAME = { customer: 'acme', deployment: 'q4' };
const ORIGIN = 'acme.example/golive';
const CHUNK = 50;
const PUBLISHED_EVERY = 2_048;
const WITNESS = 'witness.acme.example/golive';

/** A log of that many entries with its policy, as a writer would leave it: the orders of a go-ahead and what was done under it. */
export async function writeAuditLog(dir: string, size: number): Promise<void> {
  const entries: Buffer[] = [];
  const put = async (content: string | Uint8Array): Promise<EvidenceRef> => {
    const hex = sha256Hex(content);
    await writeTo(join(dir, 'evidence', hex), content);
    return { ref: `evidence/${hex}`, digest: `sha256:${hex}` };
  };
  const at = (): string => new Date(T0 + entries.length).toISOString();
  const say = <K extends EntryKind>(kind: K, id: string, data: EntryData[K], about: object = {}): number => {
    const head = { v: 1, id: `${NAME.customer}/${NAME.deployment}/${id}`, at: at(), kind, ...NAME, actor: 'golive' };
    return entries.push(Buffer.from(canonicalJson({ ...head, ...about, data }))) - 1;
  };
  const { file, setDigest, rootKey, keys } = await opened(dir, say, put);
  const order = async (command: Command): Promise<number> => {
    const signers = [await loadKeyFile(keys[command.person] ?? '')];
    const envelope = await put(envelopeText(await signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value: command, signers })));
    return say('command.applied', `command/${command.id}`, { command, envelope, fenceGeneration: 1, latencyMs: 80 });
  };
  const given = { manifestSetDigest: setDigest, runbookDigest: sha256Digest('runbook'), at: new Date(T0).toISOString() };
  const approvals = APPROVING_ROLES.map((role) => approvalCommand(file, { role, ...given }));
  for (const command of approvals) await order(command);
  const chro = approvals.find((c) => c.role === 'customer-lead');
  if (!chro) throw new Error('nobody gives the go-ahead');
  const goAhead = await order({ ...chro, id: 'the-go-ahead', scope: { level: 'deployment', names: [] } });
  for (let chunk = 0; entries.length < size; chunk++) bulkWrite(say, chunk, goAhead, size - entries.length - 1);
  await publish(dir, entries, rootKey);
}

type Say = <K extends EntryKind>(kind: K, id: string, data: EntryData[K], about?: object) => number;

async function opened(dir: string, say: Say, put: (content: string | Uint8Array) => Promise<EvidenceRef>) {
  const customer = await generateCustomer({
    ...{ ...NAME, seed: 1, agents: 40, cohorts: 4, managers: 6, speed: 1440, environment: 'rehearsal', logOrigin: ORIGIN },
    ...{ dir: join(dir, 'customer'), now: new Date(T0).toISOString(), clusterEndpoint: 'http://127.0.0.1:1' },
    manifestSet: { bucket: 'manifests', prefix: 'set' },
    audit: { bucket: 'audit', prefix: '' },
    platform: { endpoint: 'http://127.0.0.1:1' },
  });
  const { deploymentFile: file, manifestSetDigest: setDigest, paths } = customer;
  const kept = await put(await readFile(paths.deploymentFile));
  const evidence = await put(await readFile(paths.deploymentSignature));
  const { environment, speed, startedBy, version, logOrigin } = file;
  const runbook = { version: '1', digest: sha256Digest('runbook') };
  const deploymentFile = { ...kept, version };
  say('deployment.opened', 'opened', {
    environment,
    logOrigin,
    runbook,
    manifestSetDigest: setDigest,
    deploymentFile,
    speed,
    startedBy,
  });
  say('evidence', 'file', { subject: `deployment-file:${kept.digest}`, summary: 'signed under the root', evidence });
  return { file, setDigest, rootKey: customer.rootPublicKey, keys: paths.keys };
}

/** One announced call and its outcomes, `left` at most. */
function bulkWrite(say: Say, chunk: number, authority: number, left: number): void {
  const operation = (['create', 'bind', 'mint', 'smoke'] as const)[chunk % 4] ?? 'create';
  const cohort = `cohort-${Math.floor(chunk / 40)}`;
  const agents = Array.from({ length: Math.min(CHUNK, left) }, (_, i) => `${cohort}-agent-${chunk}-${i}`);
  const key = (agent: string): string => `${NAME.customer}/${NAME.deployment}/${cohort}/${agent}/${operation}/1`;
  const intent = say(
    'intent',
    `${cohort}/${chunk}/intent`,
    { operation, key: key(`chunk-${chunk}`), agents, authority },
    { cohort },
  );
  for (const agent of agents) {
    const said = { vaultRef: `vault/acme/${agent}`, version: 1, fingerprint: sha256Digest(agent) };
    const data = { operation, key: key(agent), intent, result: 'applied' as const, ...(operation === 'mint' ? said : {}) };
    say('outcome', `${cohort}/${agent}/${operation}/outcome`, data, { cohort, agent });
  }
}

async function publish(dir: string, entries: readonly Buffer[], rootKey: string): Promise<void> {
  const [log, witness] = [temporarySigner(), temporarySigner()];
  const tree = new MerkleTree();
  for (let from = 0; from < entries.length; from = tree.size) {
    for (const entry of entries.slice(from, from + PUBLISHED_EVERY)) tree.append(leafHash(entry));
    for (const tile of tilesOf(tree.size, from)) {
      const first = tile.index * TILE_WIDTH;
      const bundle = tile.level === 'entries' && bundleBytes(entries.slice(first, first + tile.width));
      const bytes = bundle || tileBytes(tree, Number(tile.level), tile.index, tile.width);
      await writeTo(join(dir, 'log', tilePath(tile)), bytes);
    }
    const seconds = Math.ceil((T0 + tree.size) / 1000);
    const checkpoint = await signHead({ origin: ORIGIN, size: tree.size, root: Buffer.from(tree.root()) }, log);
    checkpoint.note.signatures.push(await cosign(checkpoint.note.text, WITNESS, witness, seconds));
    await writeTo(join(dir, 'log', 'checkpoints', `${tree.size}-${seconds}`), checkpointText(checkpoint));
    await writeTo(join(dir, 'log', 'checkpoint'), checkpointText(checkpoint));
  }
  const policy = {
    log: verifierOf(ORIGIN, 'log', log.publicKey),
    witnesses: [{ label: 'customer', verifier: verifierOf(WITNESS, 'witness', witness.publicKey) }],
    quorum: 'customer',
    rootKeys: [rootKey],
  };
  await writeTo(join(dir, 'policy'), policyText(policy));
}
