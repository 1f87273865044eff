/** Which properties a custom job is asked for. */
import { codeOf } from './known.ts';
import { BUILT_IN_PROPERTIES } from './property.ts';

/** Of a job that has been made known. @param property as a trace names it @returns why it is not asked for it, in one line; null: it is */
export function whyNotAsked(name: string, property: string): string | null {
  const { properties = [], skip = [] } = codeOf(name);
  if ((skip as readonly string[]).includes(property))
    return `${name} switches off the property "${property}", which breaks in it: see "skip"`;
  if ((BUILT_IN_PROPERTIES as readonly string[]).includes(property) || properties.some((own) => own.name === property)) return null;
  return `the property "${property}", which breaks in it, is none of ${name}: add it to "properties" of the job`;
}
