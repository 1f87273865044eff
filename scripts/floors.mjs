/**
 * Checks that each floor imports only from floors below it (.dependency-cruiser.cjs), and that no
 * files import each other in a circle, imports of types aside.
 *
 *     node scripts/floors.mjs [FOLDER]
 *
 * The circles are looked for here because dependency-cruiser remembers one circle an import: where
 * that one runs over an import of types, it no longer sees the one of values behind it, and in the
 * model nearly every file imports the type of the job. It has also been seen to read 0 modules and
 * call that a pass, so too few modules are a failure.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

const FLOORS = ['model', 'properties', 'src', 'bench', 'tools', 'web'];
const MODULES_MIN = 30;
/** How dependency-cruiser marks imports that are gone once types are. */
const OF_TYPES = ['type-only', 'type-import'];

const folder = resolve(process.argv[2] ?? '.');
const options = await extractOptions(join(folder, '.dependency-cruiser.cjs'));
const floors = FLOORS.filter((name) => existsSync(join(folder, name)));
const { output } = await cruise(floors, { ...options, baseDir: folder });

const read = output.modules.filter(({ source }) => floors.some((name) => source.startsWith(`${name}/`)));
const violations = [
  ...output.summary.violations.map(({ from, to, rule }) => `${from} imports ${to}: ${rule.name}: ${commentOf(rule.name)}`),
  ...circles(read).map((files) => `${files.join(' -> ')}: files that import each other in a circle`),
];
if (read.length < MODULES_MIN)
  violations.push(`only ${read.length} modules read, expected ${MODULES_MIN} or more: is this the whole house?`);

for (const violation of violations) console.error(violation);
console.log(`floors: ${read.length} modules read, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;

function commentOf(name) {
  return options.ruleSet.forbidden.find((rule) => rule.name === name).comment;
}

/** Circles of imports that remain at run time, each from a file back to itself; with every one listed broken, none is left. */
function circles(modules) {
  const importsOf = new Map(
    modules.map(({ source, dependencies }) => [source, new Set(dependencies.filter(isOfValues).map((d) => d.resolved))]),
  );
  const found = [];
  for (;;) {
    dropWhatLeadsNowhere(importsOf);
    if (importsOf.size === 0) return found;
    const circle = circleFrom(importsOf.keys().next().value, importsOf);
    importsOf.get(circle.at(-2)).delete(circle.at(-1));
    found.push(circle);
  }
}

function isOfValues({ dependencyTypes }) {
  return !dependencyTypes.some((type) => OF_TYPES.includes(type));
}

/** Takes out every file that imports none of the others, until each of those left imports one. */
function dropWhatLeadsNowhere(importsOf) {
  for (let before = -1; before !== importsOf.size;) {
    before = importsOf.size;
    for (const [file, imports] of importsOf) {
      for (const other of imports) if (!importsOf.has(other)) imports.delete(other);
      if (imports.size === 0) importsOf.delete(file);
    }
  }
}

/** Follows imports until a file comes up again. */
function circleFrom(start, importsOf) {
  const way = [start];
  for (;;) {
    const next = importsOf.get(way.at(-1)).values().next().value;
    const seenAt = way.indexOf(next);
    way.push(next);
    if (seenAt >= 0) return way.slice(seenAt);
  }
}
