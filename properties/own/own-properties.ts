/** All that is asked, in place of the usual, of a job of which some properties are switched off, or that has more than the usual. */
import { JobError } from '../../model/families/custom/job-error.ts';
import type { Finding, Property as Declared } from '../../model/families/custom/property.ts';
import type { Coroutine } from '../../model/kernel/coroutine.ts';
import type { Step } from '../../model/kernel/step.ts';
import type { Machine } from '../../model/machine/machine.ts';
import type { Property, Violation } from '../property.ts';
import type { SnapshotInModel } from '../snapshot-in-model.ts';
import type { AskedInstead, Grounds } from '../asked.ts';
import { MemoryLog, PropertyCells } from './memory.ts';
import { BackupSeen, StepSeen } from './view.ts';

/** One property of the job's own. */
class OwnProperty {
  readonly name: string;
  readonly met = new Map<string, number>();
  readonly log = new MemoryLog();
  readonly #file: string;
  readonly #declared: Declared;
  readonly #view: BackupSeen;
  readonly #machine: Machine;

  constructor(machine: Machine, oracle: SnapshotInModel, file: string, declared: Declared) {
    const { name, memory = {}, marks = [] } = declared;
    const { world, shape, clusterSectors } = machine;
    const clusters = Math.ceil(shape.sectors / clusterSectors);
    const cells = Object.entries(memory).map(([cell, extent]) => [cell, new PropertyCells(world, this.log, name, cell, extent, clusters)]);
    this.name = name;
    this.#file = file;
    this.#declared = declared;
    this.#machine = machine;
    this.#view = new BackupSeen(machine, oracle, Object.fromEntries(cells), (mark) => {
      if (!marks.includes(mark)) throw new JobError(`it has declared no mark "${mark}"`);
      if (!this.met.has(mark)) this.met.set(mark, this.log.step);
    });
  }

  get sentence(): string {
    return this.#declared.sentence;
  }
  get marks(): readonly string[] {
    return this.#declared.marks ?? [];
  }

  begin(): void {
    this.met.clear();
    this.log.runBegins();
  }

  after(coroutine: Coroutine, step: Step): Violation | null {
    this.log.asked(true);
    if (this.#declared.after === undefined) return null;
    return this.#judge(() => this.#declared.after!(new StepSeen(this.#machine, coroutine, step), this.#view));
  }

  end(): Violation | null {
    this.log.asked(false);
    return this.#judge(() => this.#declared.end?.(this.#view));
  }

  #judge(ask: () => Finding): Violation | null {
    let found: Finding;
    try {
      found = ask();
    } catch (error) {
      const [line = ''] = (error instanceof Error ? error.message : `it throws a value of type ${typeof error}`).split('\n', 1);
      throw this.#wrong(line);
    }
    if (found === undefined || found === null) return null;
    const { detail, ...where } = typeof found === 'string' ? { detail: found } : found;
    if (typeof detail !== 'string' || detail.trim() === '' || /[\p{Cc}\u2028\u2029]/u.test(detail))
      throw this.#wrong('it should return nothing, one line of text, or { detail, sector }');
    const { sector } = where as { readonly sector?: number };
    if (sector === undefined) return { property: this.name, detail };
    if (!Number.isInteger(sector) || sector < 0 || sector >= this.#machine.shape.sectors)
      throw this.#wrong(`the disk has no sector ${String(sector)}`);
    return { property: this.name, detail, sector };
  }

  #wrong(what: string): JobError {
    return new JobError(`${this.#file}: property "${this.name}": ${what}`);
  }
}

/** What is asked of a job besides, and what is not. */
export interface AskedOfJob {
  /** Each with the file that it is from. */
  readonly declared: readonly { readonly file: string; readonly property: Declared }[];
  readonly skipped: readonly string[];
  readonly isOfBuiltIn: boolean;
}

export class OwnProperties implements AskedInstead {
  readonly seesEveryStep: boolean;
  readonly #builtIn: readonly Property[];
  readonly #skipped: ReadonlySet<string>;
  readonly #own: readonly OwnProperty[];

  /** @param builtIn in the order in which they are asked; those that are switched off are asked, too, as others lean on what they note */
  constructor(machine: Machine, builtIn: readonly Property[], oracle: SnapshotInModel, { declared, skipped, isOfBuiltIn }: AskedOfJob) {
    this.#builtIn = builtIn;
    this.#skipped = new Set(skipped);
    this.#own = declared.map(({ file, property }) => new OwnProperty(machine, oracle, file, property));
    // What the reductions of a built-in job rely on holds as long as nothing is broken: a run that goes on behind that is beyond it.
    this.seesEveryStep = isOfBuiltIn || this.#own.length > 0;
  }

  get marks(): { readonly name: string; readonly isMet: boolean }[] {
    return this.#own.flatMap(({ marks, met }) => marks.map((name) => ({ name, isMet: met.has(name) })));
  }

  begin(): void {
    for (const property of this.#own) property.begin();
  }

  after(coroutine: Coroutine, step: Step, watched: number): Violation | null {
    let violation: Violation | null = null;
    for (const property of this.#builtIn) {
      if ((watched & property.watches) === 0) continue;
      const found = property.after(coroutine, step, watched);
      if (!this.#skipped.has(property.name)) violation ??= found;
    }
    for (const property of this.#own) violation ??= property.after(coroutine, step);
    return violation;
  }

  end(): Violation | null {
    for (const property of this.#builtIn) {
      const violation = property.end();
      if (violation !== null && !this.#skipped.has(property.name)) return violation;
    }
    for (const property of this.#own) {
      const violation = property.end();
      if (violation !== null) return violation;
    }
    return null;
  }

  groundsOf(name: string): Grounds | null {
    const property = this.#own.find((own) => own.name === name);
    if (property === undefined) return null;
    const { sentence } = property;
    return { sentence, remembered: property.log.looked, marks: [...property.met].map(([mark, step]) => ({ name: mark, step })) };
  }
}
