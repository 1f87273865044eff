/** A second disk of the same layout, whose backup is started in one transaction with that of the first. */
import type { Scenario, TwoDisks } from '../../../model/scenario/scenario.ts';
import { COMPLETIONS } from '../../../model/job/transaction.ts';
import type { Grammar, Notation } from './notation.ts';
import { type Variation, oneIn } from './variation.ts';

type Given = TwoDisks | null;

const REQUESTS_MAX = 60_000;

export const notation = {
  key: 'transaction',
  of: 'job',
  place: 'job',
  plain: null,
  write: (given) => ({
    transaction: given!.completion,
    ...(given!.second.length === 0 ? {} : { second: given!.second }),
    ...(given!.fails === true ? { 'second-fails': true } : {}),
  }),
  words: (given) => [
    `a second disk of the same layout, in one transaction, ${given!.completion}${
      given!.second.length === 0 ? '' : `; ${given!.second.join(', ')} on that disk`
    }${given!.fails === true ? '; the second target is unfit' : ''}`,
  ],
} satisfies Notation<Given>;

export const grammar = {
  keys: (z) => ({
    transaction: z
      .enum([...COMPLETIONS])
      .describe(
        'A second disk of the same layout has a job, job2, that is started in one transaction with this one: each ends by itself, ' +
          'or, grouped, none completes unless all can. Faults strike the first disk and its target.',
      ),
    second: z.array(z.string()).max(REQUESTS_MAX).describe('With transaction: the requests that go to the second disk. Default: none.'),
    'second-fails': z
      .boolean()
      .describe('With transaction: the target of the second job is unfit, so that the command fails, and is undone.'),
  }),
  read: ({ transaction, second = [], 'second-fails': fails = false }) =>
    transaction === undefined ? undefined : ({ completion: transaction, second, ...(fails === true ? { fails } : {}) } as TwoDisks),
} satisfies Grammar<Given>;

export const variation = {
  notation,
  draw: (fc, { jobOptions = [] }) => {
    const none = fc.constant<Given>(null);
    if (!jobOptions.includes('transaction')) return none;
    const two = fc
      .record({
        completion: fc.constantFrom(...COMPLETIONS),
        second: fc.array(fc.nat(7), { maxLength: 4 }).map(
          (places) => places.map((place) => `g${place + 1}`),
          (ids) => (ids as string[]).map((id) => Number(id.slice(1)) - 1),
        ),
        fails: oneIn(fc, 6),
      })
      .map(
        ({ fails, ...start }): Given => (fails ? { ...start, fails } : start),
        (given) => {
          const { completion, second, fails = false } = given as TwoDisks;
          return { completion, second: [...second], fails };
        },
      );
    return fc.oneof({ weight: 4, arbitrary: none }, { weight: 1, arbitrary: two });
  },
  settle: (given, { guest }) => (given === null ? null : { ...given, second: idsOf(guest).filter((id) => given.second.includes(id)) }),
  makesSense: ({ transaction, pause, resume, endlessGuest, onError }) =>
    transaction === undefined ||
    (pause !== true && resume !== true && endlessGuest !== true && !mayStop(onError?.source) && !mayStop(onError?.target)),
  features: { transaction: { words: 'two disks in a transaction' } },
  enumerate: ({ has }, { guest }) => {
    if (!has('transaction')) return [null];
    return [null, ...eachStart.flatMap((start) => subsets(idsOf(guest)).map((second): Given => ({ ...start, second })))];
  },
  counts: 'frills',
  cost: (given) => 1 + given!.second.length + (given!.fails === true ? 1 : 0),
  withRequests: (given, nameOf) => given && { ...given, second: given.second.flatMap((id) => nameOf(id) ?? []).toSorted() },
  plainer: (given) =>
    given === null
      ? []
      : [
          null,
          ...(given.fails === true ? [{ completion: given.completion, second: given.second }] : []),
          ...given.second.map((id): Given => ({ ...given, second: given.second.filter((other) => other !== id) })),
        ],
} satisfies Variation<Given>;

/** How the jobs end, and whether the command fails. */
export const eachStart: readonly Omit<TwoDisks, 'second'>[] = COMPLETIONS.flatMap((completion) => [
  { completion },
  { completion, fails: true },
]);

const idsOf = (guest: Scenario['guest']): string[] => guest.map(({ id }) => id);

const mayStop = (policy: string | undefined): boolean => policy === 'stop' || policy === 'enospc';

/** The empty one first. */
const subsets = (ids: readonly string[]): string[][] =>
  ids.reduce<string[][]>((found, id) => [...found, ...found.map((subset) => [...subset, id])], [[]]);
