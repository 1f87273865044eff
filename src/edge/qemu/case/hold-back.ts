/**
 * Holds chosen steps back and lets all others run: a read that has not taken its data, a copy that is not answered, a guest's request
 * that is not yet sent. Most mistakes of a backup show only while one of these waits, and no strategy that draws step by step lets
 * something wait for long.
 */
import type { Held } from '../disks/held.ts';
import type { Role } from '../disks/role.ts';
import type { Actor } from './actor.ts';
import type { Picker } from './picker.ts';

/** What is held back: a request that QEMU sends, or what somebody is about to do. */
export type Hold = RequestHold | CommandHold;

/** Of the requests of this kind that carry data, counted in the order in which they come. */
export interface RequestHold {
  readonly role: Role;
  readonly op: 'read' | 'write';
  /** From 0. */
  readonly nth: number;
  /** Before it has its effect, or before it is answered. */
  readonly before: 'effect' | 'answer';
}

/** A guest's request by its id, or a command: `user` or `operator`, and its first word. */
export interface CommandHold {
  readonly who: string;
  readonly what?: string;
}

export class HoldBack implements Picker {
  readonly #others: Picker;
  /** The next to be let go is the first. */
  readonly #holds: Hold[];
  /** By what a hold names: those that have come. */
  readonly #came = new Map<string, Held[]>();

  /**
   * @param others picks among what is not held back
   * @param holds let go one after the other in this order, each when nothing else can run
   */
  constructor(others: Picker, holds: readonly Hold[]) {
    this.#others = others;
    this.#holds = [...holds];
  }

  pick(ready: readonly Actor[]): number {
    for (const { held } of ready) if (held?.isData === true) this.#count(held);
    for (;;) {
      const free = ready.filter((actor) => !this.#holds.some((hold) => this.#isHeld(hold, actor)));
      if (free.length > 0) {
        const picked = this.#others.pick(free);
        return picked < 0 ? picked : ready.indexOf(free[picked]!);
      }
      const next = this.#holds.findIndex((hold) => ready.some((actor) => this.#isHeld(hold, actor)));
      this.#holds.splice(next, 1);
    }
  }

  done(actor: Actor): void {
    this.#others.done(actor);
  }

  #count(held: Held): void {
    const key = keyOf(held.role, opOf(held));
    const before = this.#came.get(key);
    if (before === undefined) this.#came.set(key, [held]);
    else if (!before.includes(held)) before.push(held);
  }

  #isHeld(hold: Hold, { who, what, held }: Actor): boolean {
    if ('who' in hold) return held === undefined && who === hold.who && (hold.what === undefined || what.split(' ', 1)[0] === hold.what);
    if (held === undefined || held.isNew !== (hold.before === 'effect')) return false;
    return this.#came.get(keyOf(hold.role, hold.op))?.[hold.nth] === held;
  }
}

const keyOf = (role: Role, op: string): string => `${role} ${op}`;
const opOf = ({ request: { kind } }: Held): RequestHold['op'] => (kind === 'read' ? 'read' : 'write');
