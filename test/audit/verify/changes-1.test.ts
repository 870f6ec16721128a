import { everyChangeIsFound } from './every-change-is-found.ts';

everyChangeIsFound(0, 5_000);
