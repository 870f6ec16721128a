export { channel } from './channel.ts';
export { cohort } from './cohort.ts';
export { deployment } from './deployment.ts';
export { queueDrill } from './queue-drill.ts';
export { wave } from './wave.ts';
