import { everyChangeIsFound } from './every-change-is-found.ts';

everyChangeIsFound(5_000, 10_000);
