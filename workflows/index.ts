export { channel } from './channel.ts';
export { cohort } from './cohort.ts';
export { deployment } from './deployment.ts';
export { wave } from './wave.ts';
