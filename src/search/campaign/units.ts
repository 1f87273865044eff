/** The units of a campaign: how its schedules are divided. */
import type { SyncMode } from '../../../model/sync.ts';
import type { ScenarioSource } from '../../scenarios/source.ts';
import type { Unit } from './campaign.ts';

type UnitSizes = Pick<ScenarioSource, 'schedulesPerScenario' | 'scenariosPerUnit'>;

/** How many of some runs each mode gets: as many as any other, the first ones one more where that does not come out even. */
export const sharesOf = (modes: readonly SyncMode[], runs: number): number[] =>
  modes.map((_, m) => Math.floor(runs / modes.length) + (m < runs % modes.length ? 1 : 0));

/** Mode by mode in turn; without a limit on runs there is no last one. @param runs schedules, all modes together */
export function* unitsOf(
  modes: readonly SyncMode[],
  runs: number | null,
  { schedulesPerScenario, scenariosPerUnit }: UnitSizes,
): Generator<Unit, void> {
  const perUnit = schedulesPerScenario * scenariosPerUnit;
  const left = runs === null ? modes.map(() => Infinity) : sharesOf(modes, runs);
  for (let number = 0; left.some((schedules) => schedules > 0); number++) {
    for (const [m, mode] of modes.entries()) {
      const schedules = Math.min(perUnit, left[m]!);
      left[m]! -= schedules;
      if (schedules > 0) yield { mode, number, schedules };
    }
  }
}

/** The nth of the units above. @param runs of all modes together @param nth from 0, in their order */
export function unitAt(modes: readonly SyncMode[], runs: number, source: UnitSizes, nth: number): Unit {
  const m = nth % modes.length; // modes that get one run more come first
  const number = Math.floor(nth / modes.length);
  const perUnit = source.schedulesPerScenario * source.scenariosPerUnit;
  return { mode: modes[m]!, number, schedules: Math.min(perUnit, sharesOf(modes, runs)[m]! - number * perUnit) };
}

export function countUnits(modes: readonly SyncMode[], runs: number, { schedulesPerScenario, scenariosPerUnit }: UnitSizes): number {
  return sharesOf(modes, runs).reduce((sum, share) => sum + Math.ceil(share / (schedulesPerScenario * scenariosPerUnit)), 0);
}
