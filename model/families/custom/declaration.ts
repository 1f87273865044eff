/** Whether something is a job: what its author has declared, checked before anything of it runs. */
import { SYNC_MODES } from '../../sync.ts';

const GENERATORS = ['run', 'beforeWrite', 'readPointInTime'] as const;
const KNOWN = ['modes', 'cells', 'queues', 'locals', 'steps', ...GENERATORS];
const NAME = /^[A-Za-z][A-Za-z0-9-]{0,31}$/;

/** @returns one line, or null */
export function whatIsWrongWith(job: unknown): string | null {
  if (typeof job !== 'object' || job === null)
    return `a job is an object with modes, run and beforeWrite; this is ${typeof job === 'object' ? 'null' : `a ${typeof job}`}`;
  const given = job as Record<string, unknown>;
  const unknown = Object.keys(given).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) return `a job has no "${unknown}"; it has ${KNOWN.join(', ')}`;
  return (
    wrongModes(given['modes']) ??
    wrongGenerators(given) ??
    wrongExtents('cells', given['cells']) ??
    wrongExtents('queues', given['queues']) ??
    wrongNames('locals', given['locals']) ??
    wrongNames('steps', given['steps'])
  );
}

function wrongModes(modes: unknown): string | null {
  const isList = Array.isArray(modes) && modes.length > 0 && modes.every((mode) => SYNC_MODES.includes(mode));
  return isList ? null : `"modes" should be a list of ${SYNC_MODES.join(', ')}`;
}

function wrongGenerators(job: Record<string, unknown>): string | null {
  for (const name of GENERATORS) {
    const isLeftOut = name === 'readPointInTime' && job[name] === undefined;
    if (!isLeftOut && !isGenerator(job[name]))
      return `"${name}" should be a generator: *${name}(backup${name === 'run' ? '' : ', me'}) { ... }`;
  }
  return null;
}

const isGenerator = (value: unknown): boolean => Object.prototype.toString.call(value) === '[object GeneratorFunction]';

function wrongExtents(part: string, declared: unknown): string | null {
  if (declared === undefined) return null;
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared))
    return `"${part}" should be an object such as { busy: 'clusters' }`;
  for (const [name, extent] of Object.entries(declared)) {
    if (!NAME.test(name)) return `"${part}": ${JSON.stringify(name)} is no name: letters, digits and hyphens`;
    if (extent !== 'one' && extent !== 'clusters') return `"${part}": "${name}" should be 'one' or 'clusters'`;
  }
  return null;
}

function wrongNames(part: string, declared: unknown): string | null {
  if (declared === undefined) return null;
  if (!Array.isArray(declared)) return `"${part}" should be a list of names`;
  const wrong: unknown = declared.find((name, i) => typeof name !== 'string' || !NAME.test(name) || declared.indexOf(name) !== i);
  return wrong === undefined ? null : `"${part}": ${JSON.stringify(wrong)} is no name (letters, digits and hyphens), or is there twice`;
}
