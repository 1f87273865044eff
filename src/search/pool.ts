/**
 * Machines in use. To build one takes long, and what its table has learned of one scenario serves every other of its
 * shape: so there is one machine a shape. Those that were not used for longest go when all hold too many cells.
 */
import { Machine } from '../../model/machine/machine.ts';
import { type Setting, type Shape, shapeOf } from '../../model/machine/shape.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { Properties } from '../../properties/all.ts';

export interface Pooled {
  readonly machine: Machine;
  /** Called when another scenario has been loaded. */
  readonly onLoad?: () => void;
}

/** A machine with the properties that watch it. */
export interface WatchedMachine extends Pooled {
  readonly properties: Properties;
}

export function watchedMachine(shape: Shape): WatchedMachine {
  const machine = new Machine(shape);
  return { machine, properties: new Properties(machine) };
}

const CELLS_MAX = 2_000_000;
/** What a machine holds, roughly: its cells, and a table for the smallest. */
const cellsAbout = ({ sectors, requests, clusterSectors }: Shape): number => 5_000 + 8 * sectors + requests * (20 + clusterSectors);

export class MachinePool<Kept extends Pooled = WatchedMachine> {
  readonly #build: (shape: Shape, scenario: Scenario) => Kept;
  readonly #byShape = new Map<string, { readonly kept: Kept; loaded: Scenario | null }>();
  #cells = 0;

  /** @param build a machine, and what goes with it; the scenario is the first that it will run, and is loaded afterwards */
  constructor(build: (shape: Shape, scenario: Scenario) => Kept) {
    this.#build = build;
  }

  /** With the scenario loaded. Belongs to the caller until the next call. */
  for(scenario: Scenario, setting: Setting): Kept {
    const shape = shapeOf(scenario, setting);
    const key = JSON.stringify(shape);
    const entry = this.#byShape.get(key) ?? this.#add(shape, scenario);
    this.#byShape.delete(key);
    this.#byShape.set(key, entry);
    if (entry.loaded !== scenario) {
      entry.kept.machine.load(scenario);
      entry.kept.onLoad?.();
      entry.loaded = scenario;
    }
    return entry.kept;
  }

  #add(shape: Shape, scenario: Scenario): { kept: Kept; loaded: Scenario | null } {
    this.#cells += cellsAbout(shape);
    for (const [key, { kept }] of this.#byShape) {
      if (this.#cells <= CELLS_MAX) break;
      this.#byShape.delete(key);
      this.#cells -= cellsAbout(kept.machine.shape);
    }
    return { kept: this.#build(shape, scenario), loaded: null };
  }
}
