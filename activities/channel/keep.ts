import type { Deployment } from '../deployment.ts';

/** Keeps a deployment's channel until all is told. */
export async function keep(open: () => Promise<Deployment>): Promise<void> {
  await open();
}
