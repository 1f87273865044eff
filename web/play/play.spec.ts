/** Games: what they begin with can be played, what they hide can be found, and any way to break it counts. */
import { describe, expect, it } from 'vitest';
import { ruleNamed } from '../../model/machine/jobs.ts';
import { explain } from '../../src/explain/explanation.ts';
import { settingOf } from '../../src/replay/replay.ts';
import { check } from '../checker/check.ts';
import { Game } from './game.ts';
import { hintsFor } from './hints.ts';
import { canBeMended, mend } from './mend.ts';
import { isAlsoRight, mysteryOf } from './mystery.ts';
import { PREDICTIONS } from '../common/predictions.ts';
import { PRESETS } from '../common/presets.ts';
import { againstPar, compareCosts, starsFor, starsWords } from './score.ts';
import { settingFor, setupOf, setupOfTrace, traceOfSetup, whyNotPlayed, withMode, withRequest, withoutRequest } from './setup.ts';
import { GALLERY } from './testing.ts';

const NO_WAIT = GALLERY.get('waitForOverlappingCopies')!;

/** Whose turn it is, and for how many steps. */
function play(game: Game, ...turns: readonly [who: string, steps: number][]): Game {
  for (const [who, steps] of turns)
    for (let n = 0; n < steps; n++)
      game.session.take(game.session.choices.value.find((choice) => choice.who === who && choice.blocked === null)!.id);
  return game;
}

describe('presets', () => {
  it.each(Object.entries(PRESETS))('%s can be played in every mode, and nobody can break the correct job', (_, { scenario }) => {
    for (const mode of ['full', 'top', 'none'] as const) {
      const setup = setupOf(withMode(scenario, mode));
      const readsBackup = scenario.guest.some(({ kind }) => kind === 'readT0');
      expect(whyNotPlayed(setup)).toEqual(readsBackup && mode !== 'none' ? expect.stringContaining('takes mode none') : null);
      if (mode === scenario.mode)
        expect(check({ kind: 'any', scenario, setting: settingFor(setup) }, () => {})).toMatchObject({ is: 'holds' });
    }
  });
});

describe('setups', () => {
  it.each([...GALLERY])('of %s is of the same scenario and job', (_, trace) => {
    const setup = setupOfTrace(trace);
    expect(whyNotPlayed(setup)).toBeNull();
    expect(settingFor(setup)).toEqual(settingOf(trace));
  });

  it('name new requests after none that is there, and forget a request that was removed', () => {
    const { scenario } = PRESETS['two-writes']!;
    const more = withRequest(withRequest(scenario, 'discard', 2, 2), 'flush', 3, 1);
    expect(more.guest.map(({ id, kind, count }) => [id, kind, count])).toEqual([
      ['g1', 'write', 2],
      ['g2', 'write', 1],
      ['g3', 'discard', 2],
      ['g4', 'flush', 0],
    ]);
    const after = {
      ...more,
      guest: more.guest.map((request) => (request.id === 'g4' ? { ...request, after: ['g3'] } : request)),
      cancelAfter: ['g3'],
    };
    const fewer = withoutRequest(after, 'g3');
    expect(fewer).toMatchObject({ guest: [{ id: 'g1' }, { id: 'g2' }, { id: 'g4', after: [] }], cancelAfter: [] });
    expect(whyNotPlayed(setupOf(fewer))).toBeNull();
  });

  it('say what makes no sense', () => {
    const { scenario } = PRESETS['two-writes']!;
    expect(whyNotPlayed(setupOf(withRequest(scenario, 'write', 3, 2)))).toBe('g3 asks for sectors 3 to 4 of a disk of 4 sectors');
    expect(
      whyNotPlayed(setupOf({ ...scenario, guest: [1, 2, 3, 4, 5, 6, 7].map((n) => ({ ...scenario.guest[0]!, id: `g${n}` })) })),
    ).toContain('too many');
  });

  it('are of an era, or of a rule', () => {
    const setup = { ...setupOf(PRESETS['top']!.scenario), job: 'qemu-1.6' } as const;
    expect(traceOfSetup(setup)).toMatchObject({ job: 'qemu-1.6', without: [] });
    expect(settingFor(setup).without).toContain('drainBeforeUnhook');
    expect(settingFor({ ...setup, job: 'wakeWaiters' }).without).toEqual(['wakeWaiters']);
  });
});

describe('scores', () => {
  it('cost a star for each hint, and all for being shown', () => {
    expect([0, 1, 3, 4].map((hints) => starsFor(hints, false))).toEqual([3, 2, 0, 0]);
    expect(starsFor(0, true)).toBe(0);
    expect(starsWords(2)).toBe('★★☆ 2 of 3 stars');
  });

  it('count preemptions before steps', () => {
    expect(compareCosts({ preemptions: 1, steps: 20 }, { preemptions: 2, steps: 3 })).toBeLessThan(0);
    expect(againstPar({ preemptions: 1, steps: 13 }, { preemptions: 1, steps: 13 })).toMatch(/^The best there is/);
    expect(againstPar({ preemptions: 1, steps: 14 }, { preemptions: 1, steps: 13 })).toMatch(/^There is a way with fewer/);
  });
});

describe('a game', () => {
  it('is won at par', () => {
    const game = play(new Game(NO_WAIT), ['job', 7], ['g1', 5]);
    expect(game.win.value).toBeNull();
    expect(play(game, ['g1', 1]).win.value).toMatchObject({ preemptions: 1, steps: 13, stars: 3 });
  });

  it('is won in any other way, whatever breaks', () => {
    const game = play(new Game(NO_WAIT), ['job', 3], ['g1', 9]);
    game.hints.value = 1;
    const broken = play(game, ['job', 4]);
    expect(broken.session.broken.value?.violation.property).toBe('snapshot-kept');
    expect(broken.win.value).toMatchObject({ stars: 2 });
  });

  it("is not won by looking at the checker's way, and keeps the player's own", () => {
    const game = play(new Game(NO_WAIT), ['job', 2]);
    game.show(play(new Game(NO_WAIT), ['job', 7], ['g1', 6]).session.run.steps.map(({ id }) => id));
    expect([game.session.at.value, game.session.branches.value.length]).toEqual([0, 1]);
    game.session.go(13);
    expect(game.session.isBroken).toBe(true);
    expect([game.win.value, game.stars.value]).toEqual([null, 0]);
  });
});

describe('hints', () => {
  it.each([...GALLERY])('at %s are three, and the last is a way that breaks it', (_, trace) => {
    const [first, second, third, ...more] = hintsFor(trace);
    expect(more).toEqual([]);
    expect(first).toContain(ruleNamed(trace.cause[0]!).sentence);
    expect(second).toMatch(/\.$/);
    const steps = [...third!.matchAll(/(\d+) steps?/g)].reduce((sum, [, n]) => sum + Number(n), 0);
    expect(steps).toBe(trace.schedule.length);
    expect(hintsFor(trace, false).join(' ')).not.toContain(ruleNamed(trace.cause[0]!).sentence);
  });
});

describe('mending', () => {
  const mendable = [...GALLERY].filter(([, trace]) => canBeMended(trace));

  it('is offered where an order mends it', () => {
    expect(mendable.map(([name]) => name)).toContain('checkBitAfterWaiting');
    expect(canBeMended(GALLERY.get('fullTargetGetsNoBacking')!)).toBe(false);
  });

  it.each(mendable)('%s takes the order that its explanation says, which then holds to its end', (_, trace) => {
    const { before, upTo } = explain(trace)!.passing!;
    const { ids, broke, isAsWanted } = mend(trace, upTo!, before);
    expect([broke, isAsWanted]).toEqual([null, true]);
    const { session } = new Game(trace);
    session.follow(ids);
    expect([session.broken.value, session.run.readyAfter(ids.length)]).toEqual([null, []]);
  });

  it('does not take any order', () => {
    expect(mend(NO_WAIT, 13, 12)).toMatchObject({ broke: 'copies-no-more' });
    expect(mend(NO_WAIT, 8, 1)).toMatchObject({ isAsWanted: false });
  });
});

describe('predictions', () => {
  const answers = Object.entries(PREDICTIONS).map(([name, { preset, without }]) => {
    const { scenario } = PRESETS[preset]!;
    const { is } = check({ kind: 'any', scenario, setting: settingFor({ ...setupOf(scenario), job: without ?? 'correct' }) }, () => {});
    return { name, without, is };
  });

  it('have an answer each, about as often the one as the other', () => {
    const breaks = answers.filter(({ is }) => is === 'broken').length;
    const holds = answers.filter(({ is }) => is === 'holds').length;
    expect(breaks + holds).toBe(answers.length);
    expect(Math.abs(breaks - holds)).toBeLessThanOrEqual(1);
  });

  it('show each rule where it matters and where it does not', () => {
    for (const rule of new Set(answers.flatMap(({ without }) => without ?? [])))
      expect(new Set(answers.filter(({ without }) => without === rule).map(({ is }) => is)).size, rule).toBe(2);
  });
});

describe('mysteries', () => {
  const gallery = Object.fromEntries(GALLERY);
  const seeds = Array.from({ length: 100 }, (_, n) => `seed ${n}`);

  it('are the same for the same seed, and others for others', () => {
    for (const seed of seeds) expect(mysteryOf(seed, gallery)).toEqual(mysteryOf(seed, gallery));
    // 100 draws of about 50: fewer than 25 different ones come out with a probability below 10^-9.
    expect(new Set(seeds.map((seed) => mysteryOf(seed, gallery).rule)).size).toBeGreaterThan(25);
  });

  it('suspect four rules, one of which it is, in any place', () => {
    const places = new Set<number>();
    for (const seed of seeds) {
      const { rule, suspects, trace } = mysteryOf(seed, gallery);
      expect(new Set(suspects).size).toBe(4);
      expect(suspects).toContain(rule);
      expect(trace.without).toEqual([rule]);
      places.add(suspects.indexOf(rule));
    }
    expect(places.size).toBe(4);
  });

  it('take a suspect for right that would have done the same, and no other', () => {
    const game = play(new Game(NO_WAIT), ['job', 7], ['g1', 6]);
    expect(isAlsoRight(game.session.run, 'waitForOverlappingCopies')).toBe(true);
    expect(isAlsoRight(game.session.run, 'wakeWaiters')).toBe(false);
  });
});
