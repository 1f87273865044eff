/** What the schema has against a trace, in one line, and where. */
import type { z } from 'zod';
import { didYouMean, nearest } from './nearest.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

export interface Complaint {
  readonly message: string;
  readonly path: Path;
  /** Whether it is about the key that the path ends with, not about its value. */
  readonly isOfKey: boolean;
}

/** More choices than these are not listed: the nearest is named. */
const CHOICES_MAX = 8;
/** Of what was found no more is quoted. */
const QUOTED_MAX = 64;

/** @param value all that the schema was asked about */
export function complaintOf(issue: Issue, value: unknown): Complaint {
  const about = (message: string, path: Path = issue.path, isOfKey = false): Complaint => ({
    message: `${nameOf(issue.path)}: ${message}`,
    path,
    isOfKey,
  });
  if (issue.code === 'unrecognized_keys') return about(unknownKeys(issue.keys), [...issue.path, issue.keys[0]!], true);
  if (issue.code === 'invalid_key') return about(issue.issues[0]?.message ?? issue.message, issue.path, true);
  if (issue.code === 'invalid_value') return about(suggestion(issue.values, at(value, issue.path)) ?? issue.message);
  if (issue.path.length > 0 && at(value, issue.path) === undefined) return about('missing');
  if (issue.code === 'too_small' && issue.origin !== 'array') return about(`expected at least ${issue.minimum}`);
  if (issue.code === 'too_big' && issue.origin !== 'array' && issue.origin !== 'string') return about(`expected at most ${issue.maximum}`);
  if (issue.code !== 'invalid_union') return about(issue.message);
  const firsts = issue.errors.flatMap(([first]) => first ?? []);
  const inside = firsts.find(({ path }) => path.length > 0);
  if (inside !== undefined) return complaintOf({ ...inside, path: [...issue.path, ...inside.path] }, value);
  return about(firsts.map(({ message }) => message).join(', or: ') || issue.message);
}

/** `scenario.guest[3].write` */
export function nameOf(path: Path): string {
  const name = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return name === '' ? 'at the top' : name.replace(/^\./, '');
}

const unknownKeys = (keys: readonly string[]): string =>
  `unknown key${keys.length === 1 ? '' : 's'} ${keys.map((key) => JSON.stringify(key.slice(0, QUOTED_MAX))).join(', ')}`;

function suggestion(choices: readonly unknown[], found: unknown): string | null {
  const names = choices.filter((choice) => typeof choice === 'string');
  if (typeof found !== 'string' || names.length <= CHOICES_MAX) return null;
  if (nearest(found, names) === null) return null;
  return `unknown name ${JSON.stringify(found.slice(0, QUOTED_MAX))}${didYouMean(found, names, '"')}`;
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key) ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}
