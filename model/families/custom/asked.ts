/** Which properties a job is asked for. */
import { codeOf } from './known.ts';
import { moreAsked } from './more-asked.ts';
import { BUILT_IN_PROPERTIES } from './property.ts';

/** Those of every job, and those of block-copy alone. */
const OF_BUILT_IN: readonly string[] = [...BUILT_IN_PROPERTIES, 'next-increment', 'one-cut', 'group-all-or-nothing'];

/**
 * @param name of a custom job that has been made known; null: a built-in one
 * @param property as a trace names it
 * @param asked what is asked besides, by its name
 * @returns why the job is not asked for the property, in one line; null: it is
 */
export function whyNotAsked(name: string | null, property: string, asked?: string): string | null {
  const own = name === null ? { properties: [], skip: [] } : codeOf(name);
  const more = moreAsked(asked);
  const skips = (skip: readonly string[] = []): boolean => skip.includes(property);
  const skippedBy = skips(own.skip) ? name! : skips(more.skip) ? asked! : null;
  if (skippedBy !== null) return `${skippedBy} switches off the property "${property}", which breaks in it: see "skip"`;
  if (OF_BUILT_IN.includes(property) || [...(own.properties ?? []), ...more.properties].some((one) => one.name === property)) return null;
  const where = name === null ? 'a configuration (see: docs/api.md)' : 'the job';
  const whose = name ?? 'a built-in job';
  return `the property "${property}", which this trace breaks, does not belong to ${whose}: add it to "properties" of ${where}`;
}
