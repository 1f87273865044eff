/**
 * How a guest request got past the place of the before-write hook, where it should have copied the old
 * data or waited for the copy in flight. Told from what it read on its way: the hook's cell, the
 * cluster's bit, the answer to what is allocated.
 */
import { COPIED } from '../../../model/job/bitmap.ts';
import { NO_ERROR, errnoOf } from '../../../model/block/errors.ts';
import { type StepIo, ioOf, meaningOf, roleOf } from '../../../model/meaning.ts';
import type { GuiltyStep, MissingOrder } from '../story/facts.ts';
import { stepOfT0 } from '../story/provenance.ts';
import { type Story, type StoryStep, clusterOf, clusterOfStep, lastStep, stepAt } from '../story/story.ts';
import { kindOf, nameOfWho } from '../story/words.ts';

export interface Passage {
  readonly guilty: readonly GuiltyStep[];
  /** Why nothing held it back: `the hook had been unlinked at step 4`. */
  readonly because: string;
  /** The order that was needed, where it is another one than that the copy comes first. */
  readonly order?: MissingOrder;
  /** What should have happened, where it is something else. */
  readonly should?: string;
  /** The step that had marked the cluster, where it went by the mark. */
  readonly mark?: number;
}

interface Way {
  readonly story: Story;
  readonly sector: number;
  readonly cluster: number;
  readonly landing: StoryStep;
  /** The step that brought it past the hook. */
  readonly pass: StoryStep;
  readonly took: StoryStep | null;
}

/**
 * @param landing the step in which the request changed the sector
 * @param took the step in which a copy took the sector too late; null: none did
 */
export function passageOf(story: Story, landing: StoryStep, sector: number, took: StoryStep | null): Passage | null {
  const pass = passingStep(story, landing);
  if (pass === null) return null;
  const way = { story, sector, cluster: clusterOf(story, sector), landing, pass, took };
  return outside(way) ?? throughHook(way);
}

/** The same, where it is no matter of what the hook did: it was not called, or had failed. Null: it called the hook, which let it pass. */
export function passageOutside(story: Story, landing: StoryStep, sector: number): Passage | null {
  const pass = passingStep(story, landing);
  return pass === null ? null : outside({ story, sector, cluster: clusterOf(story, sector), landing, pass, took: null });
}

const outside = (way: Way): Passage | null => beforeT0(way) ?? afterFailedCopy(way) ?? withoutHook(way);

/** The step that brought a request past the hook. */
export const passingStep = (story: Story, landing: StoryStep): StoryStep | null =>
  lastStep(story, landing.n - 1, ({ who, next }) => who === landing.who && isSubmit(ioOf(next)));

const isSubmit = (io: StepIo | null): boolean => io?.by === 'guest' && io.phase === 'submit';

function beforeT0({ story, landing, pass }: Way): Passage | null {
  const t0 = stepOfT0(story);
  if (t0 === null || t0.n < pass.n) return null;
  return {
    guilty: [
      { step: pass.n, note: `${pass.who} is past the hook: it will copy nothing` },
      { step: t0.n, note: `T0 while ${pass.who} is in flight: T0 should wait for ${pass.who} to end` },
    ],
    because: `it was past the hook at step ${pass.n}, before T0 at step ${t0.n}`,
    order: { first: { step: landing.n, text: `${landing.who}'s ${kindOf(story, landing.who)} lands` }, second: { step: t0.n, text: 'T0' } },
    should: `the job should have waited for ${landing.who} to end before T0`,
  };
}

function afterFailedCopy({ pass, cluster }: Way): Passage | null {
  if (pass.fault === NO_ERROR) return null;
  const errno = errnoOf(pass.fault);
  return {
    guilty: [{ step: pass.n, note: `${pass.who}'s copy of cluster ${cluster} fails with ${errno}: ${pass.who} should fail with it` }],
    because: `its copy failed with ${errno} at step ${pass.n}, but it continued anyway`,
    should: `${pass.who} should have failed without changing the disk`,
  };
}

/** It did not look for a hook, or found none. */
function withoutHook({ story, landing, pass }: Way): Passage | null {
  const hookCell = story.disk.sourceNode.hook.cell;
  const look = story.footprints.lastRead(hookCell, pass.n, ({ step }) => stepAt(story, step).who === landing.who);
  if (look === null)
    return { guilty: [{ step: pass.n, note: `${pass.who} continues without calling the hook` }], because: 'it did not call the hook' };
  if (look.value === 1) return null;
  const passes = { step: pass.n, note: `${pass.who} finds no hook and continues` };
  const unlink = story.footprints.lastWrite(hookCell, look.step, ({ value }) => value === 0);
  if (unlink === null) {
    const t0 = stepOfT0(story)!;
    return {
      guilty: [{ step: t0.n, note: 'T0, but the hook is not linked yet' }, passes],
      because: `the hook was not linked yet, although T0 was at step ${t0.n}`,
      should: 'the hook should have been linked in the same step as T0',
    };
  }
  const copying = copiesInFlight(story, unlink.step).filter((who) => who !== landing.who);
  return {
    guilty: [{ step: unlink.step, note: `the hook is unlinked${meanwhile(copying, 'is')}` }, passes],
    because: `the hook had been unlinked at step ${unlink.step}${meanwhile(copying, 'was')}`,
  };
}

/** `, while g1's copy was still under way` */
function meanwhile(who: readonly string[], is: 'is' | 'was'): string {
  const copies = who.map((one) => `${nameOfWho(one)}'s copy`).join(' and ');
  return who.length === 0 ? '' : `, while ${copies} ${who.length === 1 ? is : is === 'is' ? 'are' : 'were'} still in flight`;
}

/** Who had begun a copy by the end of the n-th step, and had not ended it. */
function copiesInFlight(story: Story, n: number): string[] {
  const latest = new Map<string, StoryStep>();
  for (const step of story.steps.slice(0, n)) latest.set(step.who, step);
  return [...latest.values()].filter(({ next }) => meaningOf(next).inCopy).map(({ who }) => who);
}

/** It called the hook, which let it pass. */
function throughHook(way: Way): Passage {
  return (
    whilePaused(way) ??
    foundUnallocated(way) ??
    copiedItself(way) ??
    foundMarked(way) ?? {
      guilty: [{ step: way.pass.n, note: `${way.pass.who}'s copy skips cluster ${way.cluster}` }],
      because: `its copy had skipped cluster ${way.cluster}`,
    }
  );
}

const copySteps = ({ story, pass }: Way): StoryStep[] =>
  story.steps.slice(0, pass.n).filter(({ who, step }) => who === pass.who && meaningOf(step).inCopy);

function whilePaused(way: Way): Passage | null {
  const { story, pass } = way;
  if (!stepAt(story, pass.n).isPaused || copySteps(way).length > 0) return null;
  const awake = lastStep(story, pass.n, ({ isPaused }) => !isPaused);
  const since = (awake?.n ?? 0) + 1;
  return {
    guilty: [
      { step: since, note: 'the job is paused' },
      { step: pass.n, note: `the hook copies nothing for ${pass.who}` },
    ],
    because: `the hook copied nothing while the job was paused (since step ${since})`,
  };
}

function foundUnallocated(way: Way): Passage | null {
  const { story, cluster } = way;
  const asked = copySteps(way).findLast(
    (mine) => roleOf(mine.step) === 'asksAllocation' && mine.saw.startsWith('unallocated') && clusterOfStep(story, mine) === cluster,
  );
  if (asked === undefined) return null;
  return {
    guilty: [{ step: asked.n, note: `${asked.who}'s copy finds cluster ${cluster} unallocated and skips it` }],
    because: `its copy had found cluster ${cluster} unallocated at step ${asked.n} and skipped it`,
    should: `${asked.who}'s copy should have stored the old data, allocated or not`,
  };
}

/** Then there were two copies of the cluster, and the later one should have waited for the earlier. */
function copiedItself(way: Way): Passage | null {
  const { story, cluster, pass, took } = way;
  const stored = copySteps(way).find((landed) => isStored(ioOf(landed.step)) && clusterOfStep(story, landed) === cluster);
  const mine = stored === undefined ? null : lookAtBit(way, stored);
  const other = took === null ? null : lookAtBit(way, took);
  if (mine === null || other === null || took === null) return null;
  const [me, him] = [nameOfWho(pass.who), nameOfWho(took.who)];
  const [earlier, later] = other > mine ? [me, him] : [him, me];
  const step = Math.max(mine, other);
  return {
    guilty: [{ step, note: `${later} finds cluster ${cluster} not copied, while ${earlier}'s copy of it is still in flight` }],
    because:
      other > mine
        ? `it had copied cluster ${cluster} itself, and ${him} had begun another copy at step ${step}, while the first was still in flight`
        : `it had copied cluster ${cluster} itself from step ${step} on, while ${him}'s copy was still in flight`,
    should: `${later} should have waited for ${earlier}'s copy to end`,
  };
}

const isStored = (io: StepIo | null): boolean => io?.phase === 'effect' && io.kind !== 'read';

/** The latest step up to this one in which the same coroutine found the cluster still to be copied; to mark it, it looks again. */
function lookAtBit({ story, cluster }: Way, { n, who }: StoryStep): number | null {
  return (
    story.footprints.lastRead(
      story.disk.job.copied.cellOf(cluster),
      n,
      ({ step, value }) => value !== COPIED && stepAt(story, step).who === who,
    )?.step ?? null
  );
}

function foundMarked({ story, cluster, pass }: Way): Passage | null {
  const bit = story.disk.job.copied.cellOf(cluster);
  const look = story.footprints.lastRead(bit, pass.n, ({ step }) => stepAt(story, step).who === pass.who);
  if (look?.value !== COPIED) return null;
  const mark = story.footprints.lastWrite(bit, look.step, ({ value }) => value === COPIED)!;
  return {
    guilty: [
      { step: mark.step, note: `cluster ${cluster} is marked as copied` },
      { step: pass.n, note: `${pass.who} finds the mark and continues` },
    ],
    because: `cluster ${cluster} had been marked as copied at step ${mark.step}`,
    mark: mark.step,
  };
}
