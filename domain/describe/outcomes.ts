import type { EntryData } from '../entry.ts';
import { FAILURES } from '../failure.ts';
import { clause, plural } from './words.ts';

type OutcomeData = EntryData['outcome'];

/** What happened to `agents` agents of a cohort (0: to the cohort as a whole), all with the same result. */
export function outcomeWords(data: OutcomeData, agents: number): string {
  const { operation, result } = data;
  if (result === 'unknown')
    return agents > 0 ? `outcome of ${plural(agents, operation)} unknown` : `outcome of ${operation} unknown`;
  if (result === 'applied') return appliedWords(data, agents);
  const why = data.code === undefined ? (data.detail ?? 'refused') : FAILURES[data.code].sentence;
  return `${agents > 0 ? `${failedNoun(operation, agents)} failed` : `${operation} failed`}: ${clause(why)}`;
}

function appliedWords({ operation, mode, livePercent, verdict }: OutcomeData, agents: number): string {
  switch (operation) {
    case 'register':
      return 'registered at the platform';
    case 'create':
      return agents > 0 ? `${plural(agents, 'agent')} created` : 'created';
    case 'bind':
      return agents > 0 ? `${plural(agents, 'agent')} bound to their managers` : 'bound to their managers';
    case 'mint':
      return agents > 0 ? `${plural(agents, 'credential')} minted` : 'credentials minted';
    case 'smoke':
      return `${agents > 0 ? `${plural(agents, 'no-op')} ` : 'no-op '}answered ${verdict ?? 'ALLOW'}`;
    case 'run':
      return agents > 0 ? `${plural(agents, 'agent')} running in ${mode ?? 'shadow'}` : `running in ${mode ?? 'shadow'}`;
    case 'example':
      return 'the example request gave what the manifest declares';
    case 'raise': {
      const to = livePercent !== undefined && agents === 0 ? `live ${livePercent} %` : (mode ?? 'live');
      return agents > 0 ? `${plural(agents, 'agent')} now ${to}` : `now ${to}`;
    }
    case 'drill':
      return agents > 0 ? `${plural(agents, 'synthetic escalation')} sent` : 'synthetic escalation sent';
    case 'restore':
      return `back in ${mode ?? 'shadow'}`;
    case 'revoke':
      return agents > 0 ? `${plural(agents, 'credential')} revoked` : 'credentials revoked';
    case 'reissue':
      return agents > 0 ? `${plural(agents, 'credential')} issued anew` : 'credentials issued anew';
    case 'regenerate':
      return 'regenerated from its manifest';
    case 'reassign':
      return agents > 0 ? `${plural(agents, 'escalation')} passed on, one level up` : 'escalation passed on, one level up';
  }
}

const failedNoun = (operation: OutcomeData['operation'], agents: number): string => {
  if (operation === 'mint') return plural(agents, 'credential');
  if (operation === 'smoke') return plural(agents, 'no-op');
  return `${operation} of ${plural(agents, 'agent')}`;
};
