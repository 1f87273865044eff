/**
 * A tree of the learned table (learned-table.ts) written out as JavaScript, for the JavaScript engine to
 * compile: looks become `if` and `switch`, stores become assignments. It does what a walk down the tree
 * does. Where code may not be made from text, as in a page with a strict Content-Security-Policy, there is
 * none, and the table goes on walking.
 */
import type { Coroutines } from './coroutine.ts';
import type { World } from './world.ts';

// Instructions, each followed by its operands. A branch's operand 0 means: never taken.
export const READ = 1; //  cell, least value, how many values, where the branches lie
export const ZERO = 2; //  cell, branch if zero, branch if not
export const SAME = 3; //  cell, cell, branch if equal, branch if not
export const STORE = 4; // a list of stores, and on it goes; only where a later look depends on them
export const LEAF = 5; //  next step, whose readiness the step may have changed, its footprint, a list of stores
// A list of stores: how many, then for each: to, from, plus; a constant is what it adds to the cell that is always zero.
export const LEAF_NEXT = 1;
export const LEAF_OTHERS = 2;
export const LEAF_FOOTPRINT = 3;
export const LEAF_STORES = 4;

/**
 * Runs the step of the coroutine with this slot, whose bit among the ready is `bit`.
 * @returns 0, or the look at which it came to a branch that was never taken
 */
export type CompiledTree = (slot: number, bit: number) => number;

/** What compiled trees write to beside the cells. */
export interface Compiling {
  /** Of the step that ran last; only while the world is tracking. */
  latestFootprint: number;
}

/** JavaScript engines do not optimise functions that are much longer. */
const WORDS_MAX = 2_000;

/** @returns null if the tree is too long, or code may not be made from text */
export function compileTree(code: Int32Array, root: number, world: World, coroutines: Coroutines, table: Compiling): CompiledTree | null {
  const writer = new Writer(code, world, coroutines);
  const body = writer.write(root);
  if (body === null) return null;
  try {
    const make = new Function('w', 'ready', 'table', `const { cells: c, changed } = w; return (s, bit) => { let n = 0, v = 0; ${body} };`) as (w: World, ready: Coroutines, table: Compiling) => CompiledTree; // eslint-disable-line typescript/no-implied-eval -- made of numbers alone
    return make(world, coroutines, table);
  } catch (error) {
    if (error instanceof EvalError) return null;
    throw error;
  }
}

class Writer {
  readonly #code: Int32Array;
  readonly #world: World;
  readonly #coroutines: Coroutines;
  #words = 0;

  constructor(code: Int32Array, world: World, coroutines: Coroutines) {
    this.#code = code;
    this.#world = world;
    this.#coroutines = coroutines;
  }

  write(root: number): string | null {
    const text = this.#from(root);
    return this.#words > WORDS_MAX ? null : text;
  }

  #from(at: number): string {
    const code = this.#code;
    if ((this.#words += 4) > WORDS_MAX) return '';
    switch (code[at]!) {
      case READ:
        return this.#switch(at);
      case ZERO:
        return this.#either(`${this.#cell(code[at + 1]!)} === 0`, at, code[at + 2]!, code[at + 3]!);
      case SAME:
        return this.#either(`${this.#cell(code[at + 1]!)} === ${this.#cell(code[at + 2]!)}`, at, code[at + 3]!, code[at + 4]!);
      case STORE:
        return this.#stores(at + 1) + this.#from(at + 2 + 3 * code[at + 1]!);
      default:
        return this.#leaf(at);
    }
  }

  #switch(at: number): string {
    const code = this.#code;
    const [least, count, table] = [code[at + 2]!, code[at + 3]!, code[at + 4]!];
    const cases: string[] = [];
    for (let i = 0; i < count; i++) if (code[table + i] !== 0) cases.push(`case ${least + i}: ${this.#from(code[table + i]!)}`);
    return `switch (${this.#cell(code[at + 1]!)}) { ${cases.join(' ')} default: ${this.#miss(at)} }`;
  }

  #either(condition: string, at: number, yes: number, no: number): string {
    const branch = (next: number): string => (next === 0 ? this.#miss(at) : this.#from(next));
    return `if (${condition}) { ${branch(yes)} } ${branch(no)}`;
  }

  #miss(at: number): string {
    return `${this.#world.isTracking ? '' : 'w.changedCount = n;'} return ${at};`;
  }

  #leaf(at: number): string {
    const code = this.#code;
    const stores = this.#stores(at + LEAF_STORES) + this.#put('s', String(code[at + LEAF_NEXT]), false);
    const condition = this.#coroutines.readyText(code[at + LEAF_NEXT]!, 'c', 's');
    const others = code[at + LEAF_OTHERS]!;
    const mine = condition === 'true' ? 'ready.bits |= bit;' : condition === 'false' ? 'ready.bits &= ~bit;' : `if (${condition}) ready.bits |= bit; else ready.bits &= ~bit;`;
    const footprint = this.#world.isTracking ? `table.latestFootprint = ${code[at + LEAF_FOOTPRINT]};` : 'w.changedCount = n;';
    return `${stores} ${mine} ${others === 0 ? '' : `ready.lookAgain(${others});`} ${footprint} return 0;`;
  }

  #stores(list: number): string {
    const code = this.#code;
    const count = code[list]!;
    this.#words += 4 * count;
    let text = '';
    for (let i = list + 1; i < list + 1 + 3 * count; i += 3) {
      const [to, from, plus] = [code[i]!, code[i + 1]!, code[i + 2]!];
      const value = from === this.#world.zeroCell ? String(plus) : `${this.#cell(from)} + ${plus}`;
      text += this.#put(place(to), value, to >= 0 && to < this.#world.watchEnd);
    }
    return text;
  }

  #put(where: string, value: string, isWatched: boolean): string {
    if (this.#world.isTracking) return `w.store(${where}, ${value}); `;
    return isWatched ? `if (c[${where}] !== (v = ${value})) { c[${where}] = v; changed[n++] = ${where}; } ` : `c[${where}] = ${value}; `;
  }

  #cell(cell: number): string {
    return `c[${place(cell)}]`;
  }
}

/** Cells of one's own slot are written as the complement of their place in it. */
const place = (cell: number): string => (cell >= 0 ? String(cell) : `s + ${~cell}`);
