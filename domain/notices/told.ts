import { formatT } from '../clock.ts';
import type { DeploymentFile } from '../deployment-file.ts';
import type { GroupDocument } from '../group-document.ts';
import type { Shape } from '../mode.ts';
import type { Notice } from '../notice.ts';
import type { Outlook } from '../outlook.ts';
import type { Role } from '../roles.ts';
import type { DeploymentView } from '../view.ts';
import { holders } from '../waiting/ask.ts';

/** All that what people are told depends on: the same facts give the same words, whoever puts them together. */
export interface Told {
  view: DeploymentView;
  file: DeploymentFile;
  nowMs: number;
  outlook: Outlook;
  /** Digest of the manifest set that orders are about now. */
  setDigest: string;
  /** What a notice said when it was made, by its key; missing when it was not read. */
  said: Readonly<Record<string, Notice>>;
  /** Documents of the cohort groups, by digest; missing when they could not be read. */
  documents: Readonly<Record<string, GroupDocument>>;
  /** Whose systems and queues a wave is about; null as long as the set cannot be read. */
  owners: Readonly<Record<Shape, WaveOwners>> | null;
}

export interface WaveOwners {
  cohorts: number;
  agents: number;
  connectors: string[];
  /** Addresses of whoever is called about a cohort, or takes its work. */
  people: string[];
  /** Managers in whose queues its agents ask. */
  queues: number;
}

export interface Made {
  key: string;
  notice: Notice;
}

/** How people's messages name times: `2026-11-21 10:42 UTC`; to the second where hours pass in seconds. */
export function clockTime(ms: number, speed: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, speed > 1 ? 19 : 16)} UTC`;
}

/** Other people's words are as long as they like; ours stay short. */
export const short = (text: string, most = 160): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

export const timeOf = ({ view }: Pick<Told, 'view'>, iso: string): string => clockTime(Date.parse(iso), view.header.speed);

export const planTimeOf = (planNow: number | null): string => (planNow === null ? 'before T-0' : formatT(planNow));

export const personName = (file: DeploymentFile, id: string): string => file.people.find((p) => p.id === id)?.name ?? id;

/** Whoever holds the roles first-hand, each once; a deputy where nobody does. */
export const firstOf = (file: DeploymentFile, roles: readonly Role[]): string[] => [
  ...new Set(roles.flatMap((role) => holders(file, role).slice(0, 1))),
];
