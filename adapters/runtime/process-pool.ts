import type { ChildRequest, ChildResult, ChildState } from './protocol.ts';
import { plainEnvironment, type TensorflowSettings } from './tensorflow-settings.ts';
import { startTrainingProcess, type JobOptions, type TrainingProcess } from './training-process.ts';

/** What a child must keep to for another job; over any of them it ends and the next job gets a fresh one. */
export interface PoolLimits {
  /** Children kept waiting for a job. Those at work are as many as jobs are asked for. */
  readonly idle: number;
  readonly jobs: number;
  readonly residentMb: number;
  /** An idle child ends after this long. */
  readonly idleMs: number;
}

/** Has requests done by child processes that are kept for the next one: loading TensorFlow costs more than a small training. */
export interface ProcessPool {
  run(request: ChildRequest, options: JobOptions): Promise<ChildResult>;
}

interface Idle {
  readonly child: TrainingProcess;
  readonly jobs: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * `settings` are those of networks that TensorFlow trains: a user's own. `spare` is what makes a child ready: where it is given one is started at once, the last idle
 * one stays however long it waits, and one that was recycled has a successor before the next job comes.
 */
export function createProcessPool(
  limits: PoolLimits,
  settings: () => Promise<TensorflowSettings>,
  spare: ChildRequest | null = null,
): ProcessPool {
  const children = keepChildren(limits, spare === null ? 0 : 1);
  const run: ProcessPool['run'] = async (request, options) => {
    options.signal.throwIfAborted();
    const { child, jobs } = runsUserModule(request)
      ? children.start((await settings()).environment)
      : children.takeOrStart();
    const { result, state } = await child.ask(request, options);
    if (state !== null && mayGoOn(request, state, jobs + 1, limits)) children.keep(child, jobs + 1);
    else child.end();
    return result;
  };
  if (spare === null) return { run };
  let isRefilling = false;
  const refill = async (): Promise<void> => {
    if (isRefilling || children.idleCount() > 0) return;
    isRefilling = true;
    const { signal } = new AbortController();
    // What goes wrong here goes wrong again, and is told, in the next job.
    await run(spare, { signal, onEpoch: () => undefined }).catch(() => undefined);
    isRefilling = false;
  };
  void refill();
  return { run: (request, options) => run(request, options).finally(() => void refill()) };
}

/** Children that wait for a job; the last `staying` of them wait for ever. */
function keepChildren(limits: PoolLimits, staying: number) {
  const idle = new Set<Idle>();
  const takeOrStart = (): { child: TrainingProcess; jobs: number } => {
    // The one that came last, so that those that aren't needed grow old.
    const last = [...idle].at(-1);
    if (last === undefined) return start(plainEnvironment);
    clearTimeout(last.timer);
    idle.delete(last);
    last.child.setIdle(false);
    return last;
  };
  const start = (environment: TensorflowSettings['environment']) => {
    const child = startTrainingProcess(environment, () => {
      for (const waiting of idle) if (waiting.child === child) forget(waiting);
    });
    return { child, jobs: 0 };
  };
  const forget = (waiting: Idle): void => {
    clearTimeout(waiting.timer);
    idle.delete(waiting);
  };
  const keep = (child: TrainingProcess, jobs: number): void => {
    if (idle.size >= limits.idle) return child.end();
    child.setIdle(true);
    const timer = setTimeout(() => {
      if (idle.size <= staying) return;
      idle.delete(waiting);
      child.end();
    }, limits.idleMs).unref();
    const waiting: Idle = { child, jobs, timer };
    idle.add(waiting);
  };
  return { start, takeOrStart, keep, idleCount: () => idle.size };
}

/**
 * Whether a child is as good as a fresh one after a job. One that ran a user's own module never is: nobody knows what that
 * left behind, and its next version would not be read.
 */
export function mayGoOn(
  request: ChildRequest,
  { tensors, residentMb }: ChildState,
  jobs: number,
  limits: PoolLimits,
): boolean {
  return !runsUserModule(request) && tensors === 0 && residentMb <= limits.residentMb && jobs < limits.jobs;
}

function runsUserModule(request: ChildRequest): boolean {
  return request.kind === 'train' && request.job.candidate.buildModule !== null;
}
