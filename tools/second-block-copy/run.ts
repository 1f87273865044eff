/** The job, the guests and the user around the calls (A.2, A.3, C.1, D.1), and every order in which they can run. */
import { beginCall, isCallReady, stepCall, stepTask } from './copy.ts';
import { type Setup, type State, initial } from './state.ts';

/** What came of a run: how the job ended, what it counted, and what both disks hold. */
export type Outcome = string;

type Step = (setup: Setup, state: State) => void;

/** Every outcome. @param statesMax with more than so many it gives up @returns null if it has given up */
export function outcomesOf(setup: Setup, statesMax = Infinity): Set<Outcome> | null {
  const outcomes = new Set<Outcome>();
  const seen = new Set<string>();
  const todo = [JSON.stringify(initial(setup))];
  for (let text = todo.pop(); text !== undefined; text = todo.pop()) {
    if (seen.has(text)) continue;
    seen.add(text);
    if (seen.size > statesMax) return null;
    const steps = stepsOf(setup, JSON.parse(text) as State);
    if (steps.length === 0) outcomes.add(outcomeOf(JSON.parse(text) as State));
    for (const step of steps) {
      const state = JSON.parse(text) as State;
      step(setup, state);
      todo.push(JSON.stringify(state));
    }
  }
  return outcomes;
}

function outcomeOf({ job, user, guests, isCancelled, hasFailed, offset, source, target }: State): Outcome {
  const isOver = job === 'ended' && user === 'ended' && guests.every(({ at }) => at === 'ended');
  const end = !isOver ? 'hangs' : isCancelled ? 'cancelled' : hasFailed ? 'failed' : 'completed';
  return `${end}, ${offset} sectors, ${source.join(' ')} | ${target.map((content) => content ?? '-').join(' ')}`;
}

function stepsOf(setup: Setup, state: State): Step[] {
  const { job, user, calls, guests, tasks, isDrained } = state;
  const steps: Step[] = [];
  if (job === 'start') return [startJob];
  if (isJobReady(setup, state)) steps.push(stepJob);
  if (user === 'ready' && job !== 'E4' && job !== 'close') steps.push(cancel); // from E1 to the event the monitor waits
  if (isCallReady(calls[0]!)) steps.push((one, of) => void stepCall(one, of, 0));
  for (const [i, task] of tasks.entries())
    if (task !== null && task.at !== 'made' && calls[task.call]!.task !== i) steps.push((one, of) => stepTask(one, of, of.tasks[i]!));
  for (const [i, { at }] of guests.entries()) {
    const canGoOn = at === 'copying' ? isCallReady(calls[i + 1]!) : at === 'start' ? !isDrained : at !== 'ended';
    if (canGoOn) steps.push((one, of) => stepGuest(one, of, i));
  }
  return steps;
}

/** T0: the filter is in, and the job has run to its first yield, before any guest. */
function startJob(setup: Setup, state: State): void {
  state.hasFilter = true;
  state.job = setup.copies === 'allocated' ? 'J3' : 'J5';
  state.skips = setup.copies === 'allocated';
  if (state.user === 'waits') state.user = 'ready';
  if (setup.copies === 'all') beginCall(setup, state, 0, { first: 0, end: state.dirty.length });
}

/** J3, J4: asks about clusters that are alike, clears their bits if the topmost image has not got them, and at the end copies. */
function scan(setup: Setup, state: State): void {
  const { dirty, scanned, status } = state;
  const isAllocated = (c: number): boolean => status === null || status[c] !== 'backing';
  while (state.scanned < dirty.length && isAllocated(state.scanned) === isAllocated(scanned)) {
    if (!isAllocated(scanned)) dirty[state.scanned] = false;
    state.scanned++;
  }
  if (state.scanned === dirty.length) {
    state.skips = false;
    state.job = 'J5';
    beginCall(setup, state, 0, { first: 0, end: dirty.length });
  } else if (state.isCancelled) state.job = 'E1';
}

function isJobReady({ copies }: Setup, { job, calls, guests, isCancelled }: State): boolean {
  const isIdle = guests.every(({ at }) => at === 'start' || at === 'ended');
  if (job === 'J5') return isCancelled || (copies !== 'none' && calls[0]!.at === 'finished');
  if (job === 'J6') return calls[0]!.at === 'finished';
  return job === 'E4' ? isIdle : job !== 'ended';
}

function stepJob(setup: Setup, state: State): void {
  const [call] = state.calls;
  if (state.job === 'J3') scan(setup, state);
  else if (state.job === 'J5' && setup.copies !== 'none' && call!.at !== 'finished') {
    call!.isCancelled = true;
    state.job = 'J6';
  } else if (state.job === 'J5' || state.job === 'J6') {
    state.hasFailed = !state.isCancelled && call!.failed;
    state.job = 'E1';
  } else if (state.job === 'E1') {
    state.isDrained = true;
    state.job = 'E4';
  } else if (state.job === 'E4') {
    state.hasFilter = false;
    state.isDrained = false;
    state.job = 'close';
  } else state.job = 'ended';
}

function cancel(_: Setup, state: State): void {
  state.user = 'ended';
  if (state.job !== 'ended') state.isCancelled = true;
}

function stepGuest(setup: Setup, state: State, i: number): void {
  const guest = state.guests[i]!;
  const { kind, first, end } = setup.guests[i]!;
  const { clusterSectors, sectors } = setup;
  if (guest.at === 'start') {
    const range = { first: Math.floor(first / clusterSectors), end: Math.ceil(end / clusterSectors) };
    guest.at = state.hasFilter ? 'copying' : 'send';
    if (state.hasFilter && beginCall(setup, state, i + 1, range)) guest.at = 'send';
  } else if (guest.at === 'copying') {
    if (stepCall(setup, state, i + 1)) guest.at = state.calls[i + 1]!.failed ? 'done' : 'send';
  } else if (guest.at === 'send') guest.at = 'land';
  else if (guest.at === 'land') {
    const c = Math.floor(guest.next / clusterSectors);
    const unitEnd = Math.min(end, (c + 1) * clusterSectors);
    const isWhole = guest.next === c * clusterSectors && (unitEnd - guest.next === clusterSectors || unitEnd === sectors);
    for (let s = guest.next; s < unitEnd; s++) state.source[s] = kind === 'zero' ? 'zero' : `s${s}.g${i + 1}`;
    if (state.status !== null) state.status[c] = kind === 'zero' && isWhole ? 'zero' : 'data';
    guest.next = unitEnd;
    if (unitEnd === end) guest.at = 'done';
  } else guest.at = 'ended';
}
