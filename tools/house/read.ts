/** Reads who imports whom, and what of it the floors forbid (.dependency-cruiser.cjs). */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ICruiseOptions, type ICruiseResult, type IViolation, cruise } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

export const FLOORS = ['model', 'properties', 'src', 'bench', 'tools', 'web'];
/** dependency-cruiser has been seen to read 0 modules and call that a pass, so too few are a violation. */
const MODULES_MIN = 30;

export interface House {
  /** How many files were read. */
  readonly modules: number;
  /** One line each: who imports whom, and the rule that forbids it. */
  readonly violations: readonly string[];
  /** By folder that has files of its own: the folders that these import, types included. */
  readonly folders: ReadonlyMap<string, ReadonlySet<string>>;
}

/** @param folder with the floors, and with a `.dependency-cruiser.cjs` */
export async function readHouse(folder: string): Promise<House> {
  const options = await extractOptions(join(folder, '.dependency-cruiser.cjs'));
  const floors = FLOORS.filter((name) => existsSync(join(folder, name)));
  const { output } = await cruise(floors, { ...options, baseDir: folder });
  const { modules, summary } = output as ICruiseResult;
  const read = modules.filter(({ source }) => isOfTheHouse(source));
  const violations = summary.violations.map((violation) => inWords(violation, options));
  if (read.length < MODULES_MIN)
    violations.push(`only ${read.length} modules read, expected ${MODULES_MIN} or more: is this the whole house?`);
  return { modules: read.length, violations, folders: foldersOf(read) };
}

const isOfTheHouse = (path: string): boolean => FLOORS.some((name) => path.startsWith(`${name}/`));

/** Of a circle all that it goes through, of a single import the two ends. */
function inWords({ from, to, rule, cycle }: IViolation, { ruleSet }: ICruiseOptions): string {
  const comment = ruleSet?.forbidden?.find(({ name }) => name === rule.name)?.comment ?? '';
  if (cycle !== undefined) return `${[from, ...cycle.map(({ name }) => name)].join(' -> ')}: ${rule.name}: ${comment}`;
  return `${from} imports ${to}: ${rule.name}: ${comment}`;
}

function foldersOf(modules: ICruiseResult['modules']): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  for (const { source, dependencies } of modules) {
    const folder = dirname(source);
    const imported = folders.get(folder) ?? new Set<string>();
    folders.set(folder, imported);
    for (const { resolved } of dependencies) if (isOfTheHouse(resolved) && dirname(resolved) !== folder) imported.add(dirname(resolved));
  }
  return folders;
}
