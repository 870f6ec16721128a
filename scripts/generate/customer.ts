import { join } from 'node:path';
import { stringify } from 'yaml';
import { DEPLOYMENT_FILE_NAME, DEPLOYMENT_SIGNATURE_NAME } from '../../audit/deployment-file.ts';
import { canonicalJson, envelopeText, signJson } from '../../audit/envelope.ts';
import { sha256Digest } from '../../audit/keys.ts';
import { signDeploymentFile, signSet } from '../../audit/statement.ts';
import { generateKeyFile, loadKeyFile } from '../../clients/keys/local.ts';
import type { Signer } from '../../clients/keys/port.ts';
import { COMMAND_PAYLOAD_TYPE, type Command } from '../../domain/command.ts';
import { RUNBOOK_LIMITS, type DeploymentFile, type Person } from '../../domain/deployment-file.ts';
import { APPROVING_ROLES, type ApprovingRole } from '../../domain/set/approval.ts';
import { approvalKey, SIGNATURE_KEY } from '../../domain/set/limits.ts';
import type { Role } from '../../domain/roles.ts';
import { platformLeadOf } from './people.ts';
import { generateSet, type GeneratedSet, type GenerateSetOptions } from './set.ts';
import { slackOf } from './slack.ts';
import { CLUSTER } from './world.ts';
import { writeSet, writeTo } from './write.ts';

type Places = Pick<DeploymentFile, 'logOrigin' | 'manifestSet' | 'audit' | 'platform'>;

export interface GenerateCustomerOptions extends GenerateSetOptions, Places {
  /** Where everything is written: deployment.yaml, its signature, root.pub, world.json, keys/, set/. */
  dir: string;
  /** ISO 8601: the moment of the freeze and of the approvals. */
  now: string;
  /** Address of the cluster's API; namespace and policy are the generated world's. */
  clusterEndpoint: string;
  environment?: DeploymentFile['environment'];
  version?: number;
  setVersion?: number;
  previousSet?: string;
  personalFor?: DeploymentFile['personalFor'];
  /** Lets people sign from Slack and be told there and in Teams, through a gateway with a key of its own. */
  slack?: boolean;
  limits?: Partial<DeploymentFile['limits']>;
  speed?: number;
  /** Lets the four executives approve the set at `now`, having seen the runbook with this digest. */
  approvals?: { runbookDigest: string };
}

export interface GeneratedCustomer {
  deploymentFile: DeploymentFile;
  manifestSetDigest: string;
  set: GeneratedSet;
  /** `ed25519:…`, what workers and auditors pin. */
  rootPublicKey: string;
  paths: {
    deploymentFile: string;
    deploymentSignature: string;
    rootPublicKey: string;
    rootKey: string;
    /** The gateway's, where the deployment file names a Slack. */
    gatewayKey: string;
    /** The engine's own. */
    machineKey: string;
    world: string;
    setFolder: string;
    /** Private key file by person. */
    keys: Record<string, string>;
  };
}

/**
 * Everything a customer brings to a rehearsal, on disk: people with keys of their own, one each for gateway and engine, the deployment file
 * signed under a root, the manifest set signed by its Atlas Operator. Keys are real and random; all else comes from the seed.
 */
export async function generateCustomer(options: GenerateCustomerOptions): Promise<GeneratedCustomer> {
  const { dir, now } = options;
  const set = generateSet(options);
  const keyPath = (id: string): string => join(dir, 'keys', `${id}.pem`);
  const root = await keyFile(keyPath('root'));
  const gateway = await keyFile(keyPath('gateway'));
  const machine = await keyFile(keyPath('machine'));
  const signers: Record<string, Signer> = {};
  const people: Person[] = [];
  for (const person of set.people) {
    const signer = await keyFile(keyPath(person.id));
    signers[person.id] = signer;
    people.push({ ...person, keys: [signer.publicKey] });
  }

  const deploymentFile = describeDeployment(options, set, people, { gateway: gateway.publicKey, machine: machine.publicKey });
  const bytes = Buffer.from(stringify(deploymentFile, { lineWidth: 0, aliasDuplicateObjects: false }));
  const setFolder = join(dir, 'set');
  const index = await writeSet(setFolder, set);
  const { digest, envelope } = await signSet({
    customer: options.customer,
    deployment: options.deployment,
    version: options.setVersion ?? 1,
    previous: options.previousSet,
    frozenAt: now,
    index,
    signer: signerWith(deploymentFile, signers, 'atlas-operator'),
  });
  await writeTo(join(setFolder, SIGNATURE_KEY), envelopeText(envelope));
  if (options.approvals) {
    for (const role of APPROVING_ROLES) {
      const command = approvalCommand(deploymentFile, {
        role,
        manifestSetDigest: digest,
        runbookDigest: options.approvals.runbookDigest,
        at: now,
      });
      const approval = await signJson({
        payloadType: COMMAND_PAYLOAD_TYPE,
        value: command,
        signers: [signerWith(deploymentFile, signers, role)],
      });
      await writeTo(join(setFolder, approvalKey(command.person)), envelopeText(approval));
    }
  }
  return {
    deploymentFile,
    manifestSetDigest: digest,
    set,
    rootPublicKey: root.publicKey,
    paths: {
      deploymentFile: await writeTo(join(dir, DEPLOYMENT_FILE_NAME), bytes),
      deploymentSignature: await writeTo(
        join(dir, DEPLOYMENT_SIGNATURE_NAME),
        envelopeText(await signDeploymentFile(bytes, deploymentFile, [root])),
      ),
      rootPublicKey: await writeTo(join(dir, 'root.pub'), `${root.publicKey}\n`),
      rootKey: keyPath('root'),
      gatewayKey: keyPath('gateway'),
      machineKey: keyPath('machine'),
      world: await writeTo(join(dir, 'world.json'), `${JSON.stringify(set.world, null, 2)}\n`),
      setFolder,
      keys: Object.fromEntries(people.map((person) => [person.id, keyPath(person.id)])),
    },
  };
}

function describeDeployment(
  options: GenerateCustomerOptions,
  set: GeneratedSet,
  people: Person[],
  keys: { gateway: string; machine: string },
): DeploymentFile {
  const { customer, deployment, logOrigin, manifestSet, audit, platform } = options;
  const lead = platformLeadOf(people);
  return {
    apiVersion: 'golive/v1',
    kind: 'Deployment',
    customer,
    deployment,
    version: options.version ?? 1,
    environment: options.environment ?? 'rehearsal',
    logOrigin,
    manifestSet,
    audit,
    platform,
    cluster: {
      endpoint: options.clusterEndpoint,
      ...CLUSTER,
      networkPolicyDigest: sha256Digest(canonicalJson(set.world.networkPolicy.spec)),
    },
    startedBy: holderOf({ people }, 'deployment-lead').id,
    people,
    personalFor: options.personalFor ?? [],
    ...(options.slack === true ? { slack: slackOf(customer, deployment, keys.gateway), alsoTo: ['teams' as const] } : {}),
    machine: [keys.machine],
    ...(lead === undefined ? {} : { platformLead: lead.id }),
    limits: { ...RUNBOOK_LIMITS, ...options.limits },
    speed: options.speed ?? 1,
  };
}

/** The order by which an executive approves a set, as `golive approve set` would write it. */
export function approvalCommand(
  file: DeploymentFile,
  approval: { role: ApprovingRole; manifestSetDigest: string; runbookDigest: string; at: string; person?: string },
): Command {
  const { role, manifestSetDigest, runbookDigest, at } = approval;
  const person = approval.person ?? holderOf(file, role).id;
  const expires = new Date(Date.parse(at) + file.limits.approvalValidDays * 24 * 60 * 60 * 1000);
  return {
    v: 1,
    id: `approve-${role}-${manifestSetDigest.slice('sha256:'.length, 'sha256:'.length + 12)}`,
    kind: 'approve',
    customer: file.customer,
    deployment: file.deployment,
    environment: file.environment,
    logOrigin: file.logOrigin,
    person,
    role,
    scope: { level: 'set', names: [] },
    issuedAt: at,
    expiresAt: expires.toISOString(),
    saw: { manifestSetDigest, runbookDigest, policyVersion: file.version, evidence: {} },
    args: { decision: 'approve' },
    reason: 'Reviewed with Atlas.',
  };
}

/** A second run into the same folder keeps the keys of the first: they may be pinned somewhere. */
async function keyFile(path: string): Promise<Signer> {
  try {
    return await generateKeyFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return loadKeyFile(path);
    throw error;
  }
}

function holderOf(file: Pick<DeploymentFile, 'people'>, role: Role): Person {
  const holder = file.people.find((person) => person.roles.includes(role));
  if (!holder) throw new Error(`nobody holds the role ${role}`);
  return holder;
}

function signerWith(file: DeploymentFile, signers: Record<string, Signer>, role: Role): Signer {
  const signer = signers[holderOf(file, role).id];
  if (!signer) throw new Error(`no key for the role ${role}`);
  return signer;
}
