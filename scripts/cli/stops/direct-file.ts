/** Name of a file that a stop without golive leaves: its order, its intent, its outcome. */
export const directFile = (commandId: string, what: string): string => `golive-${commandId}.${what}.dsse.json`;
