/**
 * What is asked of a job besides what it declares itself: by a configuration, or by a call of the library. A setting, a shape and a trace
 * in memory have its name; what it is, is found here.
 */
import { whatIsWrongWithAsked } from './declaration.ts';
import { JobError } from './job-error.ts';
import type { BuiltInProperty, MoreAsked, Property } from './property.ts';

const known = new Map<string, MoreAsked>();

/**
 * Makes it known by a name: the file of the configuration, say. The same name may be given to something else later.
 * @throws JobError if these are no properties
 */
export function makeAsked(name: string, { properties, skip }: { readonly properties?: unknown; readonly skip?: unknown }): void {
  const wrong = whatIsWrongWithAsked({ properties, skip });
  if (wrong !== null) throw new JobError(`${name}: ${wrong}`);
  known.set(name, { properties: (properties ?? []) as readonly Property[], skip: (skip ?? []) as readonly BuiltInProperty[] });
}

/** @param name undefined: nothing more is asked @throws JobError if it has not been made known */
export function moreAsked(name: string | undefined): Required<MoreAsked> {
  const asked = name === undefined ? {} : known.get(name);
  if (asked === undefined) throw new JobError(`${name}: no properties are known by this name`);
  return { properties: asked.properties ?? [], skip: asked.skip ?? [] };
}
