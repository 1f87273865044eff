/** A second disk of the same layout, whose backup is started in one transaction with that of the first, or by a command of its own. */
import { STARTS, type Scenario, type TwoDisks, waitsForPoint } from '../../../model/scenario/scenario.ts';
import { COMPLETIONS } from '../../../model/job/transaction.ts';
import type { Grammar, Notation } from './notation.ts';
import { type Variation, oneIn } from './variation.ts';

type Given = TwoDisks | null;

const REQUESTS_MAX = 60_000;

const START_WORDS: Readonly<Record<TwoDisks['start'], string>> = {
  individual: 'in one transaction, individual',
  grouped: 'in one transaction, grouped',
  apart: 'whose job is started separately',
};

export const notation = {
  key: 'transaction',
  of: 'job',
  place: 'job',
  plain: null,
  write: (given) => ({
    transaction: given!.start,
    ...(given!.second.length === 0 ? {} : { second: given!.second }),
    ...(given!.fails === true ? { 'second-fails': true } : {}),
    ...(given!.startsAfter === undefined ? {} : { 'second-after': given!.startsAfter }),
  }),
  words: (given) => [
    [
      `a second disk of the same layout, ${START_WORDS[given!.start]}`,
      ...(given!.startsAfter === undefined ? [] : [`job2 after ${given!.startsAfter.join(', ')}`]),
      ...(given!.second.length === 0 ? [] : [`${given!.second.join(', ')} on that disk`]),
      ...(given!.fails === true ? ['the second target is unfit'] : []),
    ].join('; '),
  ],
} satisfies Notation<Given>;

export const grammar = {
  keys: (z) => ({
    transaction: z
      .enum([...STARTS])
      .describe(
        'Adds a second disk with the same layout and its own job, job2. `individual`: one transaction starts both jobs; each ends by ' +
          'itself. `grouped`: one transaction starts both jobs; neither completes unless both can. `apart`: no transaction; a ' +
          'separate command starts job2 at any time. Faults apply to the first disk and its target.',
      ),
    second: z.array(z.string()).max(REQUESTS_MAX).describe('With `transaction`: the requests that go to the second disk. Default: none.'),
    'second-fails': z
      .boolean()
      .describe(
        'In a transaction: whether the second job fails to start because its target is unusable. ' +
          'The transaction then fails and is rolled back.',
      ),
    'second-after': z
      .array(z.string())
      .max(REQUESTS_MAX)
      .describe('With `transaction: apart`: requests that must complete before the second job starts. Default: none.'),
  }),
  read: ({ transaction, second = [], 'second-fails': fails = false, 'second-after': startsAfter = [] }) =>
    transaction === undefined
      ? undefined
      : ({
          start: transaction,
          second,
          ...(fails === true ? { fails } : {}),
          ...((startsAfter as string[]).length > 0 ? { startsAfter } : {}),
        } as TwoDisks),
} satisfies Grammar<Given>;

export const variation = {
  notation,
  draw: (fc, { jobOptions = [] }) => {
    const none = fc.constant<Given>(null);
    const starts = STARTS.filter((start) => jobOptions.includes(start === 'apart' ? 'second-disk' : 'transaction'));
    if (starts.length === 0) return none;
    const ids = fc.array(fc.nat(7), { maxLength: 4 }).map(
      (places) => places.map((place) => `g${place + 1}`),
      (list) => (list as string[]).map((id) => Number(id.slice(1)) - 1),
    );
    const two = fc.record({ start: fc.constantFrom(...starts), second: ids, startsAfter: ids, fails: oneIn(fc, 6) }).map(
      ({ fails, startsAfter, ...given }): Given => ({ ...given, ...(fails ? { fails } : {}), startsAfter }),
      (given) => {
        const { start, second, fails = false, startsAfter = [] } = given as TwoDisks;
        return { start, second: [...second], startsAfter: [...startsAfter], fails };
      },
    );
    return fc.oneof({ weight: 4, arbitrary: none }, { weight: 1, arbitrary: two });
  },
  settle: (given, { guest }) => {
    if (given === null) return null;
    const { start, fails, startsAfter = [] } = given;
    const second = idsOf(guest).filter((id) => given.second.includes(id));
    if (start !== 'apart') return { start, second, ...(fails === true ? { fails } : {}) };
    return afterThese({ start, second }, startsAfter.filter((id) => !waitsForPoint(guest, id, second)).toSorted());
  },
  makesSense: ({ transaction, pause, resume, endlessGuest, onError }) =>
    transaction === undefined ||
    (pause !== true && resume !== true && endlessGuest !== true && !mayStop(onError?.source) && !mayStop(onError?.target)),
  features: { transaction: { words: 'two disks' } },
  enumerate: ({ has }, { guest }) => {
    if (!has('transaction')) return [null];
    return [null, ...eachStart.flatMap((start) => subsets(idsOf(guest)).map((second): Given => ({ ...start, second })))];
  },
  counts: 'frills',
  cost: (given) => 1 + given!.second.length + (given!.fails === true ? 1 : 0) + (given!.startsAfter?.length ?? 0),
  withRequests: (given, nameOf) => {
    const named = (ids: readonly string[] = []): string[] => ids.flatMap((id) => nameOf(id) ?? []).toSorted();
    return given && afterThese({ ...given, second: named(given.second) }, named(given.startsAfter));
  },
  plainer: (given) =>
    given === null
      ? []
      : [
          null,
          ...(given.fails === true ? [{ start: given.start, second: given.second }] : []),
          ...without(given.startsAfter ?? []).map((ids) => afterThese(given, ids)),
          ...without(given.second).map((second): Given => ({ ...given, second })),
        ],
} satisfies Variation<Given>;

/** How the jobs are started, and whether the command fails. A job that starts at any time starts after whatever it could wait for, too. */
export const eachStart: readonly Omit<TwoDisks, 'second'>[] = [
  ...COMPLETIONS.flatMap((start) => [{ start }, { start, fails: true } as const]),
  { start: 'apart' },
];

/** With these to be waited for by the second job. */
const afterThese = ({ startsAfter: _, ...given }: TwoDisks, ids: readonly string[]): TwoDisks => ({
  ...given,
  ...(ids.length === 0 ? {} : { startsAfter: [...new Set(ids)] }),
});

/** Each list that has one less. */
const without = (ids: readonly string[]): string[][] => ids.map((id) => ids.filter((other) => other !== id));

const idsOf = (guest: Scenario['guest']): string[] => guest.map(({ id }) => id);

const mayStop = (policy: string | undefined): boolean => policy === 'stop' || policy === 'enospc';

/** The empty one first. */
const subsets = (ids: readonly string[]): string[][] =>
  ids.reduce<string[][]>((found, id) => [...found, ...found.map((subset) => [...subset, id])], [[]]);
