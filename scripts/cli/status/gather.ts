import { WorkflowNotFoundError } from '@temporalio/client';
import type { TemporalDeployments } from '../../../clients/commands/temporal.ts';
import { isClientError } from '../../../clients/error.ts';
import { deploymentWorkflowId } from '../../../domain/ids.ts';
import { FAILURES } from '../../../domain/failure.ts';
import { CliError, EXIT } from '../io.ts';
import type { Session } from '../session.ts';
import type { StatusFacts } from './model.ts';

/** The log must answer; all else is told as it is, because a status page is needed most when something is away. */
export async function gather(session: Session): Promise<StatusFacts> {
  const notes: string[] = [];
  const optional = async <T>(read: () => Promise<T>, note: (error: unknown) => string): Promise<T | null> => {
    try {
      return await read();
    } catch (error) {
      session.io.signal?.throwIfAborted();
      notes.push(note(error));
      return null;
    }
  };
  const { systems, io } = session;
  const name = await session.name();
  const [view, file, audit] = await Promise.all([
    session.view().catch(withoutLog),
    optional(
      () => session.file(),
      (error) => `${messageOf(error)} So who is waited for is not shown.`,
    ),
    optional(
      async () => (await systems.log()).audit(io.signal),
      (error) => messageOf(error),
    ),
    optional(
      () => temporalAnswers(session, name),
      () =>
        'Temporal does not answer: nothing goes on until it does. What is shown comes from the log and the platform. A stop that cannot wait: golive halt --all --direct.',
    ),
  ]);
  // Before the cohorts are registered the platform has never heard of the deployment.
  const registered = view.evidence['cohort-set'] !== undefined && session.connection.platform !== undefined;
  const platform = registered
    ? await optional(async () => (await systems.platform()).cohorts(name.deployment, io.signal), platformNote)
    : null;
  return { view, file: file?.file ?? null, platform: platform?.length ? platform : null, nowMs: io.now(), audit, notes };
}

/** Whoever looks here in the night must not think that nothing can be done. */
function withoutLog(error: unknown): never {
  if (!isClientError(error, 'recorder_unreachable')) throw error;
  throw new CliError(EXIT.unreachable, `${FAILURES[error.code].sentence} ${error.message}`, {
    next: 'Stops need no log: golive halt --all --as YOU (or rollback, pause); they are recorded when it is back. golive doctor shows what answers.',
    code: error.code,
  });
}

const TEMPORAL_WITHIN_MS = 1_500;

/** Asked only where the connections file says where Temporal is; people who only give orders have no rights there. */
async function temporalAnswers(session: Session, name: { customer: string; deployment: string }): Promise<void> {
  if (session.connections.temporal === undefined) return;
  const { client }: TemporalDeployments = await session.systems.temporal();
  try {
    await client.withDeadline(Date.now() + TEMPORAL_WITHIN_MS, () =>
      client.workflow.getHandle(deploymentWorkflowId(name)).describe(),
    );
  } catch (error) {
    // Past its retention a closed run is gone; an answer it is all the same.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

const platformNote = (error: unknown): string =>
  isClientError(error, 'platform_unreachable')
    ? 'The platform does not answer: agents are shown as the log has them.'
    : `The platform cannot be asked: ${messageOf(error)}`;

const messageOf = (error: unknown): string =>
  error instanceof CliError || error instanceof Error ? error.message : String(error);
