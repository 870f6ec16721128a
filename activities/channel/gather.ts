import { evidenceKey, getEvidence } from '../../clients/store/evidence.ts';
import type { GroupDocument } from '../../domain/group-document.ts';
import { SHAPES, type Shape } from '../../domain/mode.ts';
import type { Notice } from '../../domain/notice.ts';
import type { Told, WaveOwners } from '../../domain/notices/told.ts';
import { outlookOf } from '../../domain/outlook.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { manifestOf, type Deployment } from '../deployment.ts';

/** What cannot be read now is tried again after this long; meanwhile whatever rests on it is not said. */
const AGAIN_AFTER_MS = 30_000;

const SAME_MOMENT_MS = 400;

/** Reads all that the words depend on. What never changes, being named by a digest or an index, is read once. */
export class Gatherer {
  readonly #documents = new Map<string, GroupDocument>();
  readonly #said = new Map<number, Notice>();
  #last: { at: number; told: Promise<Told> } | undefined;
  #owners: { of: string; owners: Told['owners']; at: number } | undefined;

  /** Several ask in the same moment, and a view is large. */
  async told(d: Deployment): Promise<Told> {
    const now = Date.now();
    if (this.#last === undefined || now - this.#last.at > SAME_MOMENT_MS) {
      this.#last = { at: now, told: this.#gather(d) };
      this.#last.told.catch(() => this.changed());
    }
    return this.#last.told;
  }

  /** Something was written: the next one wants to see it. */
  changed(): void {
    this.#last = undefined;
  }

  async #gather(d: Deployment): Promise<Told> {
    const view = await d.view();
    const nowMs = d.now();
    return {
      ...{ view, file: d.file, nowMs, setDigest: d.setDigest },
      outlook: outlookOf(view, d.file, nowMs),
      said: await this.#lastSaid(d, view),
      documents: await this.#documentsOf(d, view),
      owners: view.header.startedAt === null ? null : await this.#ownersOf(d, view),
    };
  }

  /** The words of a notice, from the entry that made it. */
  async words(d: Deployment, index: number): Promise<Notice> {
    const known = this.#said.get(index);
    if (known) return known;
    const entry = await d.tenant.log.entry(index, d.signal);
    if (entry?.kind !== 'notice.made') throw new Error(`entry #${index} makes no notice`);
    this.#said.set(index, entry.data.notice);
    return entry.data.notice;
  }

  /** Only those with which something new is compared. */
  async #lastSaid(d: Deployment, { notices }: DeploymentView): Promise<Record<string, Notice>> {
    const all = Object.values(notices);
    const last = ['status/', ...SHAPES.map((shape) => `owners/${shape}/`)].flatMap(
      (prefix) => all.findLast((n) => n.key.startsWith(prefix)) ?? [],
    );
    const said: Record<string, Notice> = {};
    for (const { key, made } of last) if (made !== null) said[key] = await this.words(d, made.index);
    return said;
  }

  async #documentsOf(d: Deployment, view: DeploymentView): Promise<Record<string, GroupDocument>> {
    const digests = new Set([
      ...Object.values(view.groupEvidence).map((g) => g.evidence.digest),
      ...Object.values(view.cards).map((c) => c.boundTo),
    ]);
    for (const digest of digests) {
      if (this.#documents.has(digest)) continue;
      const ref = evidenceKey(d.tenant.auditPrefix, digest.replace(/^sha256:/, ''));
      const bytes = await getEvidence(d.tenant.audit, { ref, digest }, d.signal).catch(() => undefined);
      if (bytes) this.#documents.set(digest, JSON.parse(Buffer.from(bytes).toString('utf8')) as GroupDocument);
    }
    return Object.fromEntries(this.#documents);
  }

  async #ownersOf(d: Deployment, view: DeploymentView): Promise<Told['owners']> {
    const known = this.#owners;
    if (known?.of === d.setDigest && (known.owners !== null || d.now() - known.at < AGAIN_AFTER_MS)) return known.owners;
    const owners = await ownersOf(d, view).catch(() => null);
    this.#owners = { of: d.setDigest, owners, at: d.now() };
    return owners;
  }
}

/** From the signed manifests: who is called about each wave's cohorts, and what they use. */
async function ownersOf(d: Deployment, view: DeploymentView): Promise<Record<Shape, WaveOwners>> {
  const of = async (shape: Shape): Promise<WaveOwners> => {
    const cohorts = Object.values(view.cohorts).filter((c) => c.shape === shape);
    const [connectors, people, managers] = [new Set<string>(), new Set<string>(), new Set<string>()];
    for (const cohort of cohorts) {
      const manifest = await manifestOf(d, cohort.id);
      for (const name of manifest.connectors) connectors.add(name);
      for (const address of [manifest.onCall, manifest.fallbackOwner]) people.add(address);
      for (const { managerEmail } of manifest.agents) managers.add(managerEmail);
    }
    return {
      cohorts: cohorts.length,
      agents: cohorts.reduce((sum, c) => sum + c.agents, 0),
      connectors: [...connectors].sort(),
      people: [...people].sort(),
      queues: managers.size,
    };
  };
  return { research: await of('research'), production: await of('production'), coordination: await of('coordination') };
}
