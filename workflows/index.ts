export { channel } from './channel.ts';
export { cohort } from './cohort.ts';
export { deployment } from './deployment.ts';
export { queueDrill } from './queue-drill.ts';
export { remedy } from './remedy.ts';
export { watch } from './watch.ts';
export { wave } from './wave.ts';
