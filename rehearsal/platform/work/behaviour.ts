/** How the fault script lets live agents of a cohort behave; what is missing is as usual. */
export interface Behaviour {
  /** Times as many calls as the manifest expects. */
  volume?: number;
  /** Times as many writes; those beyond what is expected are committed at once, and nobody is asked. */
  writes?: number;
  /** Shares of the calls. */
  errors?: number;
  warn?: number;
  deny?: number;
  slow?: { ms: number; share: number };
}
