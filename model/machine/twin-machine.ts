/** A machine as those see it that run it beside a twin: what both run must come to the same. */
import type { Coroutine } from '../kernel/coroutine.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import type { Step } from '../kernel/step.ts';
import type { World } from '../kernel/world.ts';
import type { Scenario } from '../scenario/scenario.ts';

export interface TwinMachine {
  readonly world: World;
  readonly coroutines: Coroutines;
  readonly scenario: Scenario;
  readonly usesTable: boolean;
  /** For how many steps the learned table has needed a generator so far. */
  readonly lessons: number;
  isLoadedWith(scenario: Scenario): boolean;
  load(scenario: Scenario): void;
  useTable(yes: boolean): void;
  useTableUncompared(): void;
  begin(): void;
  ready(into: Int32Array): number;
  step(id: number): void;
  stepName(step: Step): string;
  coroutineName(coroutine: Coroutine): string;
  placeOf(id: number, step: Step): string | null;
}
