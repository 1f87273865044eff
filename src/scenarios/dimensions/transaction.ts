/** A second disk of the same layout, whose backup is started in one transaction with that of the first. */
import type { Scenario, TwoDisks } from '../../../model/scenario/scenario.ts';
import { COMPLETIONS } from '../../../model/job/transaction.ts';
import type { Grammar, Notation } from './notation.ts';
import type { Variation } from './variation.ts';

type Given = TwoDisks | null;

const REQUESTS_MAX = 60_000;

export const notation = {
  key: 'transaction',
  of: 'job',
  place: 'job',
  plain: null,
  write: (given) => ({ transaction: given!.completion, ...(given!.second.length === 0 ? {} : { second: given!.second }) }),
  words: (given) => [
    `a second disk of the same layout, in one transaction, ${given!.completion}${
      given!.second.length === 0 ? '' : `; ${given!.second.join(', ')} on that disk`
    }`,
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
  }),
  read: ({ transaction, second = [] }) => (transaction === undefined ? undefined : ({ completion: transaction, second } as TwoDisks)),
} satisfies Grammar<Given>;

export const variation = {
  notation,
  draw: (fc, { jobOptions = [] }) =>
    jobOptions.includes('transaction')
      ? fc.option(
          fc.record({
            completion: fc.constantFrom(...COMPLETIONS),
            second: fc.array(fc.nat(7), { maxLength: 4 }).map(
              (places) => places.map((place) => `g${place + 1}`),
              (ids) => (ids as string[]).map((id) => Number(id.slice(1)) - 1),
            ),
          }),
          { freq: 6 },
        )
      : fc.constant(null),
  settle: (given, { guest }) => (given === null ? null : { ...given, second: idsOf(guest).filter((id) => given.second.includes(id)) }),
  makesSense: ({ transaction, pause, resume, endlessGuest, onError }) =>
    transaction === undefined ||
    (pause !== true && resume !== true && endlessGuest !== true && !mayStop(onError?.source) && !mayStop(onError?.target)),
  features: { transaction: { words: 'two disks in a transaction' } },
  enumerate: ({ has }, { guest }) => {
    if (!has('transaction')) return [null];
    return [null, ...COMPLETIONS.flatMap((completion) => subsets(idsOf(guest)).map((second): Given => ({ completion, second })))];
  },
  counts: 'frills',
  cost: (given) => 1 + given!.second.length,
  plainer: (given) =>
    given === null ? [] : [null, ...given.second.map((id): Given => ({ ...given, second: given.second.filter((other) => other !== id) }))],
} satisfies Variation<Given>;

const idsOf = (guest: Scenario['guest']): string[] => guest.map(({ id }) => id);

const mayStop = (policy: string | undefined): boolean => policy === 'stop' || policy === 'enospc';

/** The empty one first. */
const subsets = (ids: readonly string[]): string[][] =>
  ids.reduce<string[][]>((found, id) => [...found, ...found.map((subset) => [...subset, id])], [[]]);
