/** Who waits for whom: somebody waits for ever, waits for himself, or never lets anybody else run. */
import { turnHeldCell } from '../../../model/block/in-flight.ts';
import type { Requester } from '../../../model/block/requester.ts';
import { type Role, roleOf } from '../../../model/meaning.ts';
import { Misuse } from '../../../model/kernel/misuse.ts';
import { type Waiting, circleIn, isForATurn, turnOf, whoWaits } from '../../../properties/waiting.ts';
import { type Facts, type GuiltyStep, inOrder } from '../story/facts.ts';
import { type Story, type StoryStep, lastStep, stepAt } from '../story/story.ts';
import { nameOfWho, sentences } from '../story/words.ts';

export function waitsForEver(story: Story): Facts | null {
  const { violation, experiment, steps } = story;
  if (violation.property !== 'always-finishes') return null;
  const { world } = experiment.machine;
  const last = steps.at(-1)!;
  if (violation.waiting !== undefined) return stuck(story, violation.waiting);
  if (world.cells[world.misuseCell] === Misuse.waitsForItself)
    return alone(
      last,
      'waits for its own request, which cannot end before the wait does',
      'it should have skipped its own request when it chose which ones to wait for',
    );
  if (world.cells[world.misuseCell] === Misuse.spins)
    return alone(last, 'runs forever without yielding', 'it should have yielded or ended');
  return alone(last, 'returns to an earlier state, and this can repeat forever', 'each round should have made progress');
}

function alone(last: StoryStep, does: string, should: string): Facts {
  const who = nameOfWho(last.who);
  return {
    shape: 'who waits for whom',
    sector: null,
    sentence: sentences(`from step ${last.n} on, ${who} ${does}`, should),
    guilty: [{ step: last.n, note: `${who} ${does}` }],
    order: null,
  };
}

/** @param missed what should have woken somebody, if it came about */
export function stuck(story: Story, ids: readonly number[], missed = (one: Waiting): MissedWake | null => missedWake(story, one)): Facts {
  const { machine } = story.experiment;
  const waiting = whoWaits(machine, ids);
  const name = (who: Waiting['who']): string => nameOfWho(machine.coroutineName(who));
  const since = (who: Waiting['who']): StoryStep | null => lastStep(story, story.steps.length, ({ id }) => id === who.id);
  const each = waiting.map(
    ({ who, others }) =>
      `${name(who)} has been waiting ${forWhat(
        story,
        who.pending,
        others.map(({ other }) => name(other)),
      )}${since(who) === null ? '' : ` since step ${since(who)!.n}`}`,
  );
  const wakers = waiting.map(missed).filter((waker) => waker !== null);
  return {
    shape: 'who waits for whom',
    sector: null,
    sentence: sentences(
      `nothing can run any more: ${each.join(', and ')}`,
      wakers.length > 0 ? [...new Set(wakers.map(({ should }) => should))].join(', and ') : shouldOf(story, waiting, ids),
    ),
    guilty: inOrder([
      ...waiting.map(({ who }) => waitsSince(since(who), nameOfWho(machine.coroutineName(who)))),
      ...wakers.map(({ guilty }) => guilty),
    ]),
    order: null,
  };
}

/** Where no wake-up is known to have got lost. */
function shouldOf({ experiment: { machine } }: Story, waiting: readonly Waiting[], ids: readonly number[]): string {
  if (circleIn(machine, ids).length > 0) return 'one of them should not have waited';
  const forNobody = waiting.filter(({ others }) => others.length === 0).map(({ who }) => nameOfWho(machine.coroutineName(who)));
  return `${forNobody.length === 0 ? 'one of them' : forNobody.join(' and ')} should have been woken, or should not have waited`;
}

const waitsSince = (step: StoryStep | null, who: string): GuiltyStep | null =>
  step === null ? null : { step: step.n, note: `${who} waits from here on` };

function forWhat({ experiment }: Story, pending: number, others: readonly string[]): string {
  const whose = others.length === 0 ? '' : others.join(' and ');
  const role = roleOf(pending);
  if (isForATurn(role)) {
    const what = nameOfTurn(role);
    return whose === '' ? `for a ${what} to end` : `for ${whose}'s ${what} to end`;
  }
  if (role === 'isParked') return 'to be cancelled';
  if (role === 'isPaused') return 'to be resumed';
  if (role === 'drainsCopies') return `for the copies in flight to end${whose === '' ? '' : ` (${whose})`}`;
  return `in "${experiment.machine.stepName(pending)}"${whose === '' ? '' : ` for ${whose}`}`;
}

export interface MissedWake {
  readonly guilty: GuiltyStep;
  readonly should: string;
}

const cancels = ({ step }: StoryStep): boolean => roleOf(step) === 'cancels';
const resumes = ({ step }: StoryStep): boolean => roleOf(step) === 'resumes' || roleOf(step) === 'resumesStopped';
const didIn = (step: StoryStep, role: Role | null): string =>
  cancels(step) ? 'cancelled it' : resumes(step) ? 'resumed it' : `ended its ${nameOfTurn(role)}`;
const nameOfTurn = (role: Role | null): string => (role === 'waitsForCopy' ? 'copy' : 'request');

/** The step in which what somebody waits for came about, and who should have woken him in it; null: it never came about. */
export function missedWake(story: Story, { who, others }: Waiting): MissedWake | null {
  const { machine } = story.experiment;
  const me = nameOfWho(machine.coroutineName(who));
  const role = roleOf(who.pending);
  const since = lastStep(story, story.steps.length, ({ id }) => id === who.id);
  const by = (step: StoryStep | null, what: string): MissedWake | null => {
    if (step === null) return null;
    const isBefore = since !== null && step.n < since.n;
    if (isBefore && resumes(step)) return null; // of an earlier pause
    const actor = nameOfWho(step.who);
    return {
      guilty: { step: step.n, note: isBefore ? `${what}, but ${me} waits anyway` : `${what}, but ${me} does not continue` },
      should: isBefore
        ? `${me} should not have waited, because ${actor} had ${didIn(step, role)} at step ${step.n}`
        : `${me} should have continued when ${actor} ${didIn(step, role)} at step ${step.n}`,
    };
  };
  const end = story.steps.length;
  if (role === 'isParked') return by(lastStep(story, end, cancels), 'the user cancels the job');
  if (role === 'isPaused')
    return by(
      lastStep(story, end, (step) => resumes(step) || cancels(step)),
      'the pause ends',
    );
  const gone = others.find(({ hasGone }) => hasGone);
  if (gone === undefined || !isForATurn(role)) return null;
  const over = story.footprints.lastWrite(turnHeldCell(turnOf(gone.other as Requester, role)), end, ({ value }) => value === 0);
  return over === null ? null : by(stepAt(story, over.step), `${nameOfWho(machine.coroutineName(gone.other))}'s turn is over`);
}
