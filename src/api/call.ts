/** A call of `check` as a line to paste. */
import type { CheckOptions } from './check-options.ts';

/** Options whose values are too long, or no literals: only their names are written. */
const BY_NAME: readonly string[] = ['properties', 'scenario'];

/** With the whole set of options: a line of a log is enough to run it again. @param options with the seed */
export function callOf(options: CheckOptions): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return `check(job, { ${given.map(([name, value]) => (BY_NAME.includes(name) ? name : `${name}: ${written(value)}`)).join(', ')} })`;
}

const written = (value: unknown): string => JSON.stringify(value).replaceAll('"', "'").replaceAll(',', ', ');
