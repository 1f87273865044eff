/** Whether something is a job: what its author has declared, checked before anything of it runs. */
import { SYNC_MODES } from '../../sync.ts';
import { BUILT_IN_PROPERTIES, NEVER_SKIPPED } from './property.ts';

const GENERATORS = ['run', 'beforeWrite', 'readPointInTime'] as const;
const KNOWN = ['modes', 'cells', 'queues', 'locals', 'steps', ...GENERATORS, 'properties', 'skip'];
const NAME = /^[A-Za-z][A-Za-z0-9-]{0,31}$/;

/** @returns one line, or null */
export function whatIsWrongWith(job: unknown): string | null {
  if (typeof job !== 'object' || job === null)
    return `a job is an object with modes, run and beforeWrite; this is ${typeof job === 'object' ? 'null' : `a ${typeof job}`}`;
  const given = job as Record<string, unknown>;
  if (!('run' in given) && 'default' in given) return 'this is a module: pass its default export, such as require("./my-job.mjs").default';
  const unknown = Object.keys(given).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) return `a job has no "${unknown}"; it has ${KNOWN.join(', ')}`;
  return (
    wrongModes(given['modes']) ??
    wrongGenerators(given) ??
    wrongExtents('cells', given['cells']) ??
    wrongExtents('queues', given['queues']) ??
    wrongNames('locals', given['locals']) ??
    wrongNames('steps', given['steps']) ??
    wrongProperties(given['properties']) ??
    wrongSkip(given['skip'])
  );
}

/** The same of what is asked of a job besides. @returns one line, or null */
export const whatIsWrongWithAsked = ({ properties, skip }: { readonly properties?: unknown; readonly skip?: unknown }): string | null =>
  wrongProperties(properties) ?? wrongSkip(skip);

function wrongModes(modes: unknown): string | null {
  const isList = Array.isArray(modes) && modes.length > 0 && modes.every((mode) => SYNC_MODES.includes(mode));
  return isList ? null : `"modes" must be a list of ${SYNC_MODES.join(', ')}`;
}

function wrongGenerators(job: Record<string, unknown>): string | null {
  for (const name of GENERATORS) {
    const isLeftOut = name === 'readPointInTime' && job[name] === undefined;
    if (!isLeftOut && !isGenerator(job[name]))
      return `"${name}" must be a generator: *${name}(backup${name === 'run' ? '' : ', me'}) { ... }`;
  }
  return null;
}

const isGenerator = (value: unknown): boolean => Object.prototype.toString.call(value) === '[object GeneratorFunction]';

function wrongExtents(part: string, declared: unknown): string | null {
  if (declared === undefined) return null;
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared))
    return `"${part}" must be an object such as { busy: 'clusters' }`;
  for (const [name, extent] of Object.entries(declared)) {
    if (!NAME.test(name)) return `"${part}": ${JSON.stringify(name)} is no name: letters, digits and hyphens`;
    if (extent !== 'one' && extent !== 'clusters') return `"${part}": "${name}" must be 'one' or 'clusters'`;
  }
  return null;
}

function wrongNames(part: string, declared: unknown): string | null {
  if (declared === undefined) return null;
  if (!Array.isArray(declared)) return `"${part}" must be a list of names`;
  const wrong: unknown = declared.find((name, i) => typeof name !== 'string' || !NAME.test(name) || declared.indexOf(name) !== i);
  return wrong === undefined ? null : `"${part}": ${JSON.stringify(wrong)} is no name (letters, digits and hyphens), or is there twice`;
}

const PROPERTY_KEYS = ['name', 'sentence', 'memory', 'marks', 'after', 'end'];
/** Fits a line of a table. */
const MARK_MAX = 100;

function wrongProperties(declared: unknown): string | null {
  if (declared === undefined) return null;
  if (!Array.isArray(declared)) return '"properties" must be a list';
  const names: unknown[] = [];
  for (const one of declared as unknown[]) {
    const wrong = wrongProperty(one) ?? (names.includes((one as { name: unknown }).name) ? 'it is there twice' : null);
    const name = (one as { name?: unknown } | null)?.name;
    if (wrong !== null) return `"properties": ${typeof name === 'string' ? `${JSON.stringify(name)}: ` : ''}${wrong}`;
    names.push(name);
  }
  return null;
}

function wrongProperty(declared: unknown): string | null {
  if (typeof declared !== 'object' || declared === null) return 'a property is an object with name, sentence, and after or end';
  const { name, sentence, memory, marks, ...asked } = declared as Record<string, unknown>;
  const unknown = Object.keys(declared).find((key) => !PROPERTY_KEYS.includes(key));
  if (unknown !== undefined) return `a property has no "${unknown}"; it has ${PROPERTY_KEYS.join(', ')}`;
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,63}$/.test(name)) return '"name" must be one in kebab case, such as each-once';
  if ((BUILT_IN_PROPERTIES as readonly string[]).includes(name)) return 'a property of every job has this name';
  if (!isLine(sentence)) return '"sentence" must be one line that says what must hold';
  const isAsked = ['after', 'end'].map((key) => asked[key]).filter((ask) => ask !== undefined);
  if (isAsked.length === 0 || isAsked.some((ask) => typeof ask !== 'function'))
    return 'it should have a function "after(step, view)", "end(view)", or both';
  const isList = marks === undefined || (Array.isArray(marks) && new Set(marks).size === marks.length);
  if (!isList || ((marks ?? []) as unknown[]).some((mark) => !isLine(mark) || mark.length > MARK_MAX))
    return `"marks" must be a list of situations, each once, in a line of up to ${MARK_MAX} characters`;
  return wrongExtents('memory', memory);
}

const isLine = (text: unknown): text is string =>
  typeof text === 'string' && text.trim() !== '' && !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text);

function wrongSkip(declared: unknown): string | null {
  if (declared === undefined) return null;
  if (!Array.isArray(declared)) return '"skip" must be a list of properties';
  const known: readonly unknown[] = BUILT_IN_PROPERTIES.filter((name) => name !== NEVER_SKIPPED);
  const wrong = (declared as unknown[]).find((name) => !known.includes(name));
  if (wrong === undefined) return null;
  return wrong === NEVER_SKIPPED
    ? `"skip": ${NEVER_SKIPPED} can't be switched off: a run that never ends has no end to be judged`
    : `"skip": there is no property ${JSON.stringify(wrong)}; there are ${known.join(', ')}`;
}
