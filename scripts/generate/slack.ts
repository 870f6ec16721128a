import type { SlackSection } from '../../domain/deployment-file.ts';
import { ATTESTABLE_KINDS } from '../../domain/command.ts';

/** The made-up workspace of a made-up customer. */
export const slackOf = (customer: string, deployment: string, gatewayKey: string): SlackSection => ({
  team: slackId('T0', customer),
  channel: slackId('C0', `${customer}${deployment}`),
  attestedBy: [gatewayKey],
  allows: [...ATTESTABLE_KINDS],
});

const slackId = (letter: string, name: string): string =>
  `${letter}${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`.slice(0, 40);
