/** How one optional part of a scenario is named, written and told. It is in the page, so it must stay light. */
import type { z } from 'zod';
import type { Side } from '../../../model/block/errors.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';

type Disk = Scenario['disk'];
type OptionalKey<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** Of what a scenario need not have or say, all that has a file here. */
export type DimensionKey =
  | Exclude<OptionalKey<Disk> | OptionalKey<Scenario>, 'overlay' | 'existingTarget' | 'cancelAfter'>
  | 'discardReads';

/** @template T what a scenario may say of it */
export interface Notation<T = unknown> {
  readonly key: DimensionKey;
  /**
   * The part of the scenario in which the key stands: `job` is the top level, `contents` the disk, but only for what its
   * requests make of it. Each part is drawn, enumerated and dropped at its own time.
   */
  readonly of: 'contents' | 'disk' | 'job';
  /** Where a trace says it: with the source's image, with its node, with the job, among the commands, or in a list of its own. */
  readonly place: Place;
  /** What holds if the key is absent. */
  readonly plain: T;
  /** Scenarios have the key even with the plain value. */
  readonly always?: true;
  /** Absent: only `plain` itself is plain. */
  isPlain?(value: T): boolean;
  /** What a trace says there: keys with their values, or one command. Never asked of a plain value. Absent: the key, in kebab case. */
  write?(value: T): Written;
  /** In a description; never asked of a plain value. Absent: descriptions leave it out. */
  words?(value: T): string[];
  /** The value that a checkbox in the set-up of the page stands for; its label is `words`. Absent: it has none. */
  offered?(scenario: Scenario): T;
}

export type Place = 'image' | 'node' | 'job' | 'command' | 'scenario';

/** Part of a trace, as plain data. */
export type Written = Readonly<Record<string, unknown>>;

/** What a trace may say of an optional part of a scenario. Of a command it only says which one there may be. */
export interface Grammar<T = unknown> {
  /** Each key that stands in its place, with a description. */
  readonly keys: (z: Zod) => Readonly<Record<string, z.ZodType>>;
  /** @param said all that stands in its place @returns undefined if nothing is said of it. Absent: what its key says. */
  readonly read?: (said: Written, sideOf: SideOf) => T | undefined;
}

/** Whose requests a node gets. @param path where it is named, for the error if it is neither's */
export type SideOf = (node: string, path: readonly PropertyKey[]) => Side;

/** `copyOnRead` as traces write it, `copy-on-read`. */
export const kebab = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** What a trace says of a value that is not plain. */
export const written = <T>(notation: Notation<T>, value: T): Written => notation.write?.(value) ?? { [kebab(notation.key)]: value };

/** What schemas are built from. The page, which reads no trace by itself, would carry all of zod if this floor imported it. */
export type Zod = Pick<typeof z, 'array' | 'boolean' | 'enum' | 'int' | 'literal' | 'strictObject' | 'string'>;

/** Disks longer than this are not in traces that anybody could read. */
export const SECTORS_MAX = 2 ** 21;

export const isPlain = <T>(notation: Notation<T>, value: T): boolean => notation.isPlain?.(value) ?? value === notation.plain;

/** What the scenario says of it; the plain value if it says nothing. */
export function valueIn<T>({ key, of, plain }: Notation<T>, scenario: Scenario): T {
  const holder: Partial<Record<DimensionKey, unknown>> = of === 'job' ? scenario : scenario.disk;
  return (holder[key] as T | undefined) ?? plain;
}

export const hasIn = <T>(notation: Notation<T>, scenario: Scenario): boolean => !isPlain(notation, valueIn(notation, scenario));

/** What is told of all that the scenario has there, in order. */
export const toldOf = (
  notations: readonly Notation[],
  scenario: Scenario,
  place: Notation['of'],
  tell: (notation: Notation, value: unknown) => readonly string[],
): string[] =>
  notations
    .filter((notation) => notation.of === place && hasIn(notation, scenario))
    .flatMap((notation) => tell(notation, valueIn(notation, scenario)));

/** The scenario with this value; a plain one is left out. It is the same one if it says so already: drawing asks for each, and often. */
export function withValue<T>(notation: Notation<T>, scenario: Scenario, value: T): Scenario {
  const { key, of } = notation;
  const isLeftOut = notation.always === undefined && isPlain(notation, value);
  const holder: Partial<Record<DimensionKey, unknown>> = of === 'job' ? scenario : scenario.disk;
  if (isLeftOut ? !(key in holder) : holder[key] === value) return scenario;
  const change = <H extends object>(whole: H): H => (isLeftOut ? without(whole, key) : { ...whole, [key]: value });
  return of === 'job' ? change(scenario) : { ...scenario, disk: change(scenario.disk) };
}

function without<H extends object>(holder: H, key: string): H {
  const { [key as keyof H]: _, ...others } = holder;
  return others as H;
}
