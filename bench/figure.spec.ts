import { describe, expect, it } from 'vitest';
import { type Contender, type Race, measureFigure, timesBetter } from './figure.ts';
import { racesOf, roundsOf } from './figures.ts';

/** Measures these, one after the other. */
function scripted(name: string, values: readonly number[], log: string[] = []): Contender {
  let next = 0;
  return {
    name,
    measure: async () => {
      log.push(name);
      return { value: values[next++]!, states: 10 * next };
    },
    close: () => void log.push(`${name} closed`),
  };
}

const race = (more: Partial<Race>): Race => ({
  name: 'a race',
  unit: 'schedules/s',
  ours: scripted('we', [1, 9, 4]),
  peers: [scripted('they', [2, 2, 2]), scripted('others', [8, 1, 1])],
  rounds: 3,
  ...more,
});

describe('measureFigure', () => {
  it('takes the median of each, with what belongs to it, and says how many times better we are', async () => {
    expect(await measureFigure(race({}), 1, () => {})).toEqual({
      name: 'a race',
      unit: 'schedules/s',
      value: 4,
      states: 30,
      peer: { name: 'they', value: 2, states: 20, ratio: 2 },
      ratio: 2,
      otherPeers: [{ name: 'others', value: 1, states: 30, ratio: 4 }],
    });
  });

  it('measures in turn, and closes what was opened even where somebody fails', async () => {
    const log: string[] = [];
    await measureFigure(race({ ours: scripted('we', [1, 1], log), peers: [scripted('they', [1, 1], log)], rounds: 2 }), 1, () =>
      log.push('round'),
    );
    expect(log).toEqual(['round', 'we', 'they', 'round', 'we', 'they', 'we closed', 'they closed']);
    const failing: Contender = {
      name: 'they',
      measure: async () => Promise.reject(new Error('no')),
      close: () => log.push('closed at last'),
    };
    await expect(measureFigure(race({ peers: [failing] }), 1, () => {})).rejects.toThrow('no');
    expect(log.at(-1)).toBe('closed at last');
  });

  it('has no ratio where there is no peer', async () => {
    expect(await measureFigure(race({ peers: [] }), 1, () => {})).toMatchObject({ peer: null, ratio: null, otherPeers: [] });
  });
});

describe('timesBetter', () => {
  it('is above 1 where we are better: more schedules, or fewer seconds', () => {
    expect([timesBetter('schedules/s', 6, 2), timesBetter('s', 6, 2), timesBetter('s', 2, 6)]).toEqual([3, 1 / 3, 3]);
  });
});

describe('racesOf', () => {
  it('leaves out what has no peer here, and what is large', () => {
    const names = (large: boolean, spin: boolean): string[] => racesOf({ large, spin }).map(({ name }) => name);
    expect(names(false, false).every((name) => name.startsWith('random schedules'))).toBe(true);
    expect(names(false, true)).toHaveLength(names(false, false).length + 3);
    expect(names(true, true)).toHaveLength(names(false, true).length + 4);
    expect(new Set(names(true, true)).size).toBe(names(true, true).length);
    expect(roundsOf(racesOf({ large: false, spin: true }))).toBe(5 * names(false, true).length);
  });
});
