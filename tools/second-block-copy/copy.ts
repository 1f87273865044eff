/** Calls and their tasks (B.2, B.3). */
import type { Call, Range, Setup, State, Task } from './state.ts';

const overlap = (a: Range, b: Range): boolean => a.first < b.end && b.first < a.end;

/** A call begins, and runs to its first yield. @returns whether it is over already */
export function beginCall(setup: Setup, state: State, n: number, { first, end }: Range): boolean {
  const call = state.calls[n]!;
  Object.assign(call, { first, end, isCancelled: false, failed: false });
  beginPass(call);
  return goOn(setup, state, n);
}

/** A call that is ready goes on from its yield. @returns whether it is over */
export function stepCall(setup: Setup, state: State, n: number): boolean {
  const call = state.calls[n]!;
  if (call.at === 'K3') {
    if (skips(state, call)) return goOn(setup, state, n);
    if (!call.hasPool) {
      call.at = 'inline';
      taskOf(state, call).at = 'T3';
      return false;
    }
    return handOn(setup, state, n);
  }
  if (call.at === 'inline') {
    const task = taskOf(state, call);
    stepTask(setup, state, task);
    if (state.tasks[call.task] === task) return false;
    call.task = -1;
    return goOn(setup, state, n);
  }
  call.isReady = false;
  if (call.at === 'K8') return handOn(setup, state, n);
  if (call.at === 'K12') beginPass(call);
  else {
    const next = endPass(state, n);
    if (next !== 'again') return next === 'over';
  }
  return goOn(setup, state, n);
}

export const isCallReady = ({ at, isReady }: Call): boolean => at === 'K3' || at === 'inline' || isReady;

const taskOf = (state: State, call: Call): Task => state.tasks[call.task]!;

function beginPass(call: Call): void {
  Object.assign(call, { at: 'idle', offset: call.first, hasFound: false, hasPool: false, poolFailed: false, isReady: false });
}

/** K8: waits for a slot, then starts the task. */
function handOn(setup: Setup, state: State, n: number): boolean {
  const call = state.calls[n]!;
  if (call.busy === setup.workers) return sleep(call, 'K8');
  if (call.poolFailed) endTask(state, taskOf(state, call), false);
  else {
    taskOf(state, call).at = 'T1';
    call.busy++;
  }
  call.task = -1;
  return goOn(setup, state, n);
}

function sleep(call: Call, at: 'K8' | 'K11'): false {
  call.at = at;
  call.waitsForTask = true;
  return false;
}

/** From between two tasks to the next yield. @returns whether the call is over */
function goOn(setup: Setup, state: State, n: number): boolean {
  for (;;) {
    if (makeTask(setup, state, n)) return false;
    const next = endPass(state, n);
    if (next !== 'again') return next === 'over';
  }
}

/** K11 to K12: waits for its own tasks, then for those of others, then looks once more. */
function endPass(state: State, n: number): 'waits' | 'again' | 'over' {
  const call = state.calls[n]!;
  if (call.busy > 0) {
    sleep(call, 'K11');
    return 'waits';
  }
  if (!call.failed && !call.isCancelled) {
    const other = call.hasFound ? undefined : state.tasks.findLast((task) => task !== null && overlap(task, call));
    if (other !== undefined) {
      call.at = 'K12';
      other!.waiters.push(n);
      return 'waits';
    }
    if (call.hasFound || state.dirty.slice(call.first, call.end).includes(true)) {
      beginPass(call);
      return 'again';
    }
  }
  call.at = 'finished';
  return 'over';
}

/** K2: finds dirty clusters in a row, clears them, and has a task hold them. */
function makeTask(setup: Setup, state: State, n: number): boolean {
  const call = state.calls[n]!;
  if (call.poolFailed || call.failed || call.isCancelled) return false;
  const first = state.dirty.findIndex((isDirty, c) => isDirty && c >= call.offset && c < call.end);
  if (first < 0) return false;
  let end = first;
  while (end < Math.min(call.end, first + setup.chunk) && state.dirty[end] === true) state.dirty[end++] = false;
  const task: Task = { first, end, call: n, isZero: false, data: [], at: 'made', error: false, waiters: [] };
  const free = state.tasks.indexOf(null);
  call.task = free < 0 ? state.tasks.push(task) - 1 : free;
  state.tasks[call.task] = task;
  Object.assign(call, { at: 'K3', hasFound: true, offset: first });
  return true;
}

/** K3 to K10: the task shrinks to what is alike, and it is settled whether it runs inline. @returns whether there is nothing to copy */
function skips(state: State, call: Call): boolean {
  const task = taskOf(state, call);
  const { status } = state;
  if (status !== null) {
    let end = task.first + 1;
    while (end < task.end && status[end] === status[task.first]) end++;
    task.isZero = status[task.first] === 'zero';
    for (let c = end; c < task.end; c++) state.dirty[c] = true;
    if (end < task.end) wakeAll(state, task);
    task.end = end;
  }
  call.offset = task.end;
  if (state.skips && status !== null && status[task.first] === 'backing') {
    endTask(state, task, true);
    call.task = -1;
    return true;
  }
  if (call.offset < call.end) call.hasPool = true;
  return false;
}

const sectorsOf = ({ sectors, clusterSectors }: Setup, { first, end }: Range): Range => ({
  first: first * clusterSectors,
  end: Math.min(end * clusterSectors, sectors),
});

/** T1 to T6. */
export function stepTask(setup: Setup, state: State, task: Task): void {
  const { first, end } = sectorsOf(setup, task);
  if (task.at === 'T1') task.at = 'T3';
  else if (task.at === 'T3') {
    if (!task.isZero) {
      if (strikes(setup, state, 'read', task)) return finishTask(setup, state, task, true);
      task.data = state.source.slice(first, end);
    }
    task.at = 'T4';
  } else if (task.at === 'T4') {
    if (strikes(setup, state, 'store', task)) return finishTask(setup, state, task, true);
    for (let s = first; s < end; s++) state.target[s] = task.isZero ? 'zero' : task.data[s - first]!;
    task.at = 'T5';
  } else finishTask(setup, state, task, false);
}

function strikes({ faults }: Setup, state: State, op: 'read' | 'store', task: Task): boolean {
  const n = faults.findIndex(
    (fault, i) => state.faultsLeft[i] === true && fault.op === op && fault.cluster >= task.first && fault.cluster < task.end,
  );
  if (n >= 0) state.faultsLeft[n] = false;
  return n >= 0;
}

function finishTask(setup: Setup, state: State, task: Task, failed: boolean): void {
  const call = state.calls[task.call]!;
  const { first, end } = sectorsOf(setup, task);
  const isInline = call.at === 'inline' && state.tasks[call.task] === task;
  if (failed) call.failed = true;
  else state.offset += end - first;
  endTask(state, task, !failed);
  if (isInline) return;
  call.busy--;
  if (failed) call.poolFailed = true;
  if (!call.waitsForTask) return;
  call.waitsForTask = false;
  call.isReady = true;
}

function endTask(state: State, task: Task, isCopied: boolean): void {
  if (!isCopied) for (let c = task.first; c < task.end; c++) state.dirty[c] = true;
  wakeAll(state, task);
  state.tasks[state.tasks.indexOf(task)] = null;
}

function wakeAll(state: State, task: Task): void {
  for (const n of task.waiters) state.calls[n]!.isReady = true;
  task.waiters = [];
}
