/** What a custom job looked at before it went wrong: its author's own cells, by the names that they have there. */
import type { World } from '../../../model/kernel/world.ts';
import type { Read } from '../story/footprints.ts';
import { type Story, stepAt } from '../story/story.ts';
import { nameOfWho } from '../story/words.ts';

/** Somebody has read a cell of the job's, and found a value. */
export interface Look {
  /** `busy` of cluster 1. */
  readonly cell: string;
  readonly value: number;
  readonly step: number;
  /** Who had set it so, and at which step; null: it has been 0 since the run began. */
  readonly set: { readonly who: string; readonly step: number } | null;
}

/** Of the cells that an author declares, `own.NAME[CLUSTER]`; queues, and whether all is freed, are none of them. */
const OWN = /^own\.(?!freed\[|queue\.)([\w-]+)\[(\d+)\]$/;

interface OwnCell {
  readonly name: string;
  /** Null: there is one cell of this name. */
  readonly cluster: number | null;
}

/** `"busy" of cluster 1` */
export const nameOfCell = ({ name, cluster }: OwnCell): string => (cluster === null ? `"${name}"` : `"${name}" of cluster ${cluster}`);

const found = new WeakMap<World, ReadonlyMap<number, OwnCell>>();

/** By cell. */
export function ownCells(world: World): ReadonlyMap<number, OwnCell> {
  const known = found.get(world);
  if (known !== undefined) return known;
  const matches = [...world.cells.keys()].flatMap((cell) => {
    const match = OWN.exec(world.describe(cell));
    return match === null ? [] : [{ cell, name: match[1]!, cluster: Number(match[2]) }];
  });
  const isOne = (name: string): boolean => matches.filter((other) => other.name === name).length === 1;
  const cells = new Map(matches.map(({ cell, name, cluster }) => [cell, { name, cluster: isOne(name) ? null : cluster }]));
  found.set(world, cells);
  return cells;
}

/** More of them would say no more. */
const LOOKS_MAX = 3;

/**
 * The latest looks at cells that are about a cluster, or about none in particular: of each cell one, in the order of their steps.
 * @param from the first step that counts @param to the last
 */
export function looksAt(story: Story, who: string, from: number, to: number, cluster: number): Look[] {
  const looks: Look[] = [];
  for (const [cell, { name, cluster: of }] of ownCells(story.disk.world)) {
    if (of !== null && of !== cluster) continue;
    const read = story.footprints.lastRead(cell, to, ({ step }) => step >= from && stepAt(story, step).who === who);
    if (read === null) continue;
    looks.push({ cell: nameOfCell({ name, cluster: of }), value: read.value, step: read.step, set: whoSet(story, cell, read) });
  }
  return looks.toSorted((a, b) => a.step - b.step).slice(-LOOKS_MAX);
}

/** Who had set a cell to what was read. In the step itself only where an earlier step has left another value. */
function whoSet(story: Story, cell: number, { step, value }: Read): Look['set'] {
  const write = story.footprints.lastWrite(cell, step - 1);
  if ((write?.value ?? 0) !== value) return { who: stepAt(story, step).who, step };
  return write === null ? null : { who: stepAt(story, write.step).who, step: write.step };
}

/** `g1 had found "busy" of cluster 0 to be 1 at step 4, as the job had set it at step 2, and "done" ...` */
export function looksInWords(who: string, looks: readonly Look[]): string {
  const each = looks.map(({ cell, value, step, set }) => {
    const since = set === null ? 'as it was from the beginning' : `as ${nameOfWho(set.who)} had set it at step ${set.step}`;
    return `${cell} to be ${value} at step ${step}, ${since}`;
  });
  return `${nameOfWho(who)} had found ${each.join(', and ')}`;
}

/** The cell that tells whether the job has given its memory back. */
export const freedCell = (world: World): number => world.cells.findIndex((_, cell) => world.describe(cell) === 'own.freed[0]');
