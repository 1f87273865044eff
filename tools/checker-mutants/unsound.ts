/** Reductions that miss failures: mistakes that were made, or that only a spec keeps out. None may survive. */
export interface Unsound {
  readonly file: string;
  /** What stands there once, and what replaces it. */
  readonly was: string;
  readonly is: string;
  readonly says: string;
}

const INDEPENDENCE = 'model/machine/independence.ts';
const REDUCTIONS = 'src/search/exhaustive/reductions.ts';
const EXHAUSTIVE = 'src/search/exhaustive/exhaustive.ts';
const SLEEP_SETS = 'src/search/exhaustive/sleep-sets.ts';

export const UNSOUND: readonly Unsound[] = [
  { file: INDEPENDENCE, was: '!clash(a, b) && !clash(b, a)', is: '!clash(a, b)', says: 'a clash is asked for one way only' },
  { file: INDEPENDENCE, was: '!clash(a, b) && !clash(b, a)', is: '!clash(b, a)', says: 'a clash is asked for the other way only' },
  { file: INDEPENDENCE, was: ' || (b.changes & a.looksAt) !== 0', is: '', says: 'one may change the place that the other looks at' },
  { file: INDEPENDENCE, was: '(b.changes | b.looksAt)', is: 'b.looksAt', says: 'both may change one place' },
  {
    file: INDEPENDENCE,
    was: 'a.concernsAll || b.concernsAll',
    is: 'a.concernsAll && b.concernsAll',
    says: 'a step that concerns all is independent of those that do not',
  },
  {
    file: INDEPENDENCE,
    was: ' ||\n    a.adds.some((cell) => b.reads.includes(cell))',
    is: '',
    says: 'one may add to what the other reads',
  },
  { file: REDUCTIONS, was: ' || a.count !== b.count', is: '', says: 'requests of different length are twins' },
  { file: REDUCTIONS, was: ' || a.first !== b.first', is: '', says: 'requests of different places are twins' },
  { file: REDUCTIONS, was: 'a.kind !== b.kind || ', is: '', says: 'requests of different kinds are twins' },
  { file: REDUCTIONS, was: ' || a.early !== b.early', is: '', says: 'requests before and after the point in time are twins' },
  { file: REDUCTIONS, was: '!followed.includes(a.id) && ', is: '', says: 'a request is a twin though something comes after it' },
  { file: REDUCTIONS, was: ' && !followed.includes(b.id)', is: '', says: 'a request has a twin though something comes after it' },
  {
    file: EXHAUSTIVE,
    was: 'if (!this.#pending.areIndependent(depth, bit, left & -left)) return false;',
    is: '',
    says: 'a last step is put off whatever it depends on',
  },
  {
    file: EXHAUSTIVE,
    was: 'seen.setAsleep(place, sleptBefore & asleep)',
    is: 'seen.setAsleep(place, 0)',
    says: 'who still sleeps in a state that is seen again is forgotten',
  },
  {
    file: SLEEP_SETS,
    was: 'if (this.#pending.areIndependent(depth, other, bit)) asleep |= other;',
    is: 'asleep |= other;',
    says: 'a coroutine that sleeps sleeps on, whatever runs',
  },
  {
    file: EXHAUSTIVE,
    was: 'if ((sleep || last) && (isChoice',
    is: 'if (sleep && (isChoice',
    says: 'the last steps are put off by footprints that were never noted',
  },
];
