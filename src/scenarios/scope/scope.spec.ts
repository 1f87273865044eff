import { describe, expect, it } from 'vitest';
import { type Scenario, whatIsWrong } from '../../../model/scenario/scenario.ts';
import { type JobOption, optionsOf, whatJobLacks } from '../../../model/machine/job-options.ts';
import { ALL_SYNC_MODES, syncOf } from '../../../model/sync.ts';
import { MODES } from '../../testing.ts';
import { type Scope, VARIANT_NAMES, type VariantName, countScenarios, describeScopes, isApplicable, scenariosOf } from './scope.ts';

const SMALL = { clusters: 1, clusterSectors: 2, requests: 2 } as const;
const ALL = VARIANT_NAMES.flatMap((variant) => MODES.map((mode): Scope => ({ mode, ...SMALL, variant }))).filter(isApplicable);
/** What only some jobs have. */
const SOME: readonly Scope[] = VARIANT_NAMES.flatMap((variant) =>
  ALL_SYNC_MODES.map((mode): Scope => ({ mode, ...SMALL, requests: 1, variant, jobOptions: optionsOf('block-copy') })),
).filter((scope) => isApplicable(scope) && (syncOf(scope.mode).selects === 'dirty' || !isApplicable({ ...scope, jobOptions: [] })));

const sum = (scope: Scope): number => [...scenariosOf(scope)].reduce((total, { standsFor }) => total + standsFor, 0);
const nameOf = ({ mode, variant = 'plain' }: Scope): string => `${mode} ${variant}`;

describe('scenariosOf', () => {
  it('lists every canonical scenario of a scope, and says for how many each stands', () => {
    const scope: Scope = { mode: 'full', clusters: 1, clusterSectors: 2, requests: 2 };
    // Of n kinds of request there are 1 + n + n² lists of up to two, each with and without a cancel; n is 1, 5 and 13
    // on 0, 1 and 2 sectors.
    expect(sum(scope)).toBe(2 * (3 + 31 + 183));
    expect(countScenarios(scope)).toBe(2 * (3 + 21 + 105)); // 1 + n + n(n + 1)/2
  });

  it('has as many as the arithmetic says: 3 clusters, 3 requests', () => {
    // 85 kinds of request on 6 sectors: C(88, 3) multisets of up to three; on fewer sectors 61, 41, 25, 13, 5 and 1.
    const multisets = [1, 5, 13, 25, 41, 61, 85].map((n) => ((n + 1) * (n + 2) * (n + 3)) / 6);
    expect(multisets[6]).toBe(109_736);
    const counts = MODES.map((mode) => countScenarios({ mode, clusters: 3, clusterSectors: 2, requests: 3 }));
    const total = multisets.reduce((a, b) => a + b);
    expect(counts[0]).toBe(2 * total); // with a cancel and without
    expect(counts[1]).toBe(2 * multisets.reduce((all, n, sectors) => all + n * 2 ** Math.ceil(sectors / 2), 0));
    expect(counts[2]).toBe(2 * total);
  });

  it.each([...ALL, ...SOME].map((scope) => [nameOf(scope), scope] as const))('has scenarios that make sense, each once: %s', (_, scope) => {
    const all = [...scenariosOf(scope)].map(({ scenario }) => scenario);
    expect(all.length).toBe(countScenarios(scope));
    expect(new Set(all.map((scenario) => JSON.stringify(scenario))).size).toBe(all.length);
    expect(all.map(whatIsWrong).filter((wrong) => wrong !== null)).toEqual([]);
    expect(all.map((scenario) => whatJobLacks('block-copy', scenario)).filter((lack) => lack !== null)).toEqual([]);
  });

  it('has variants of what only some jobs have, and names them where they are missing', () => {
    expect(SOME.filter(({ variant }) => variant !== 'plain').map(nameOf)).toEqual([
      'bitmap half',
      'bitmap fault',
      'bitmap early',
      'bitmap copyOnRead',
      'bitmap savevm',
      'full bitmap',
      'top bitmap',
      'none snapshotAccess',
      'full breakSnapshot',
      'top breakSnapshot',
      'none breakSnapshot',
      'bitmap breakSnapshot',
      'full transaction',
      'top transaction',
      'none transaction',
      'bitmap transaction',
      'full restart',
      'top restart',
      'bitmap restart',
    ]);
    const notIn = (jobOptions: readonly JobOption[]): string =>
      describeScopes([{ mode: 'full', ...SMALL, jobOptions }], { effects: 'cluster', wake: 'any', without: [] }).at(-1)!;
    expect(notIn(optionsOf('qemu-11.1'))).toMatch(
      /, bitmaps, on-cbw-error break-snapshot, two disks, a restart of QEMU, more than one failure, /,
    );
    expect(notIn(optionsOf('qemu-1.6'))).toMatch(/, speed limits, more than one failure, /);
  });

  it('gives a job each set of dirty clusters, with each bitmap-mode that goes with its mode', () => {
    const bitmapsOf = (mode: Scope['mode'], variant: VariantName): string[] =>
      [...scenariosOf({ mode, clusters: 2, clusterSectors: 1, requests: 0, variant, jobOptions: optionsOf('block-copy') })]
        .filter(({ scenario: { disk, cancel, faults = [] } }) => disk.sectors === 2 && !cancel && faults.length === 0)
        .map(({ scenario: { bitmap } }) => `${bitmap!.mode} ${bitmap!.dirty.join()}`);
    const sets = ['', '0', '1', '0,1'];
    expect(bitmapsOf('full', 'bitmap')).toEqual(['on-success', 'always'].flatMap((mode) => sets.map((dirty) => `${mode} ${dirty}`)));
    expect(bitmapsOf('bitmap', 'plain')).toEqual(
      ['on-success', 'always', 'never'].flatMap((mode) => sets.map((dirty) => `${mode} ${dirty}`)),
    );
  });

  it('has golden counts', () => {
    // Golden: other numbers are another scope, which is for the changelog to explain.
    expect(Object.fromEntries(ALL.map((scope) => [nameOf(scope), [countScenarios(scope), sum(scope)]]))).toMatchInlineSnapshot(`
      {
        "full copyOnRead": [
          510,
          862,
        ],
        "full dependencies": [
          390,
          390,
        ],
        "full early": [
          900,
          1642,
        ],
        "full existing": [
          1704,
          2896,
        ],
        "full fault": [
          2268,
          3852,
        ],
        "full half": [
          930,
          1594,
        ],
        "full plain": [
          258,
          434,
        ],
        "full savevm": [
          44,
          82,
        ],
        "none copyOnRead": [
          510,
          862,
        ],
        "none dependencies": [
          390,
          390,
        ],
        "none early": [
          900,
          1642,
        ],
        "none existing": [
          7230,
          12310,
        ],
        "none fault": [
          756,
          1284,
        ],
        "none half": [
          930,
          1594,
        ],
        "none plain": [
          258,
          434,
        ],
        "none reader": [
          96,
          184,
        ],
        "none savevm": [
          44,
          82,
        ],
        "top copyOnRead": [
          510,
          862,
        ],
        "top dependencies": [
          778,
          778,
        ],
        "top early": [
          1788,
          3270,
        ],
        "top existing": [
          14370,
          24530,
        ],
        "top fault": [
          6552,
          11128,
        ],
        "top half": [
          930,
          1594,
        ],
        "top plain": [
          510,
          862,
        ],
        "top savevm": [
          84,
          158,
        ],
      }
    `);
  });
});

describe('a dependent guest', () => {
  it('has each way in which requests come after others once', () => {
    const scope: Scope = { mode: 'full', clusters: 1, clusterSectors: 1, requests: 3, kinds: ['flush'], variant: 'dependencies' };
    const shapes = [...scenariosOf(scope)].filter(({ scenario }) => scenario.disk.sectors === 1 && !scenario.cancel);
    expect(
      shapes.map(({ scenario, standsFor }) => [scenario.guest.map(({ id, after }) => `${id}:${after.join()}`).join(' '), standsFor]),
    ).toEqual([
      ['g1: g2:g1', 1],
      ['g1: g2:g1 g3:g2', 1],
      ['g1: g2:g1 g3:g1', 1],
      ['g1: g2: g3:g1,g2', 1],
      ['g1: g2:g1 g3:', 3], // the third may stand anywhere in the list
    ]);
  });

  it('stands for all lists of requests with an order on them', () => {
    // Orders on two and three places that keep to the list: 2 and 7, of which one has nobody wait. Each with n² and n³ lists of requests.
    const n = 2;
    const scope: Scope = { mode: 'full', clusters: 1, clusterSectors: 1, requests: 3, kinds: ['flush', 'read'], variant: 'dependencies' };
    const all = [...scenariosOf(scope)].filter(({ scenario }) => scenario.disk.sectors === 1);
    expect(all.reduce((total, { standsFor }) => total + standsFor, 0)).toBe(2 * ((2 - 1) * n ** 2 + (7 - 1) * n ** 3));
  });
});

describe('a cancel at any point, or none', () => {
  it.each(ALL.map((scope) => [nameOf(scope), scope] as const))('is what there is of each scenario: %s', (_, scope) => {
    const all = [...scenariosOf(scope)].map(({ scenario }) => scenario);
    const others = ({ cancel: _cancel, ...rest }: Scenario): string => JSON.stringify(rest);
    expect(all.filter(({ cancel }) => cancel).map(others)).toEqual(all.filter(({ cancel }) => !cancel).map(others));
  });

  it('is there with each policy, and with somebody who resumes the job or nobody', () => {
    const courses = (mode: Scope['mode'], variant: VariantName): string[] =>
      [...scenariosOf({ mode, clusters: 1, clusterSectors: 1, requests: 0, variant })].map(
        ({ scenario: { cancel, resume, onError } }) => `${onError?.target ?? '-'} ${cancel} ${resume ?? false}`,
      );
    for (const mode of ['full', 'none'] as const)
      // on no sectors, and on one
      expect(courses(mode, 'plain')).toEqual(['- true false', '- false false', '- true false', '- false false']);
    expect(courses('full', 'fault').filter((course) => course.startsWith('stop'))).toEqual([
      'stop true true',
      'stop false true',
      'stop true false',
      'stop false false',
    ]);
  });
});

describe('describeScopes', () => {
  it('says what was proven, and what was not', async () => {
    const statements = describeScopes(ALL, { effects: 'cluster', wake: 'any', without: [] });
    await expect(`${statements.join('\n')}\n`).toMatchFileSnapshot('statements.txt');
  });
});
