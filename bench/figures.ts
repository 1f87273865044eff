/** The tracked figures, each beside its peers in the same run. */
import { aloneRace, exhaustiveRaces } from './exhaustive.ts';
import { type Figure, type Race, measureFigure } from './figure.ts';
import { randomRaces } from './random.ts';

export interface Wanted {
  /** Also what takes minutes and gigabytes. */
  readonly large: boolean;
  /** Whether exhaustive search has its peer here (`hasSpin`). A figure without its peer is left out. */
  readonly spin: boolean;
}

export function racesOf({ large, spin }: Wanted): Race[] {
  return [
    ...randomRaces(),
    ...(spin ? exhaustiveRaces(4, 4) : []),
    ...(spin && large ? exhaustiveRaces(6, 6) : []),
    ...(large ? [aloneRace()] : []),
  ];
}

/**
 * @param seconds for each measurement; a search that takes longer is not cut short
 * @param onRound told how many rounds of all have been run, and what comes next
 */
export async function measureAll(
  races: readonly Race[],
  seconds: number,
  onRound: (done: number, text: string) => void,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  let rounds = 0;
  for (const race of races) figures.push(await measureFigure(race, seconds, () => onRound(rounds++, race.name)));
  return figures;
}

export const roundsOf = (races: readonly Race[]): number => races.reduce((sum, { rounds }) => sum + rounds, 0);
