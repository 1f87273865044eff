/**
 * Joins the command, its worker threads and the libraries that they use into a few files: to load a thousand small ones takes
 * longer than most commands do.
 *
 *     node dist/tools/command/main.js    writes dist/command/
 */
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, join, relative } from 'node:path';
import { rolldown } from 'rolldown';
import { ROOT } from '../copy-of-tree.ts';

const TO = join(ROOT, 'dist/command');
const LICENCES = 'LICENCES.txt';
const MODEL_VERSION = 'model-version.txt';
/** They start the other entries, as files beside them: `new URL('./unit-worker.js', import.meta.url)`. */
const FOLDERS_OF_WORKERS = ['dist/src/edge/workers', 'dist/src/edge/qemu/campaign'];
/** They load files of their own by path, or are only there if the user has installed them. */
const LEFT_OUT = ['piscina', 'typescript', 'bullmq', 'ioredis'];

const isLeftOut = (id: string): boolean => id.startsWith('node:') || builtinModules.includes(id) || LEFT_OUT.includes(id);

function entries(): Record<string, string> {
  const workers = FOLDERS_OF_WORKERS.flatMap((folder) => {
    const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('-worker.js'));
    return names.map((name): [string, string] => [basename(name, '.js'), join(ROOT, folder, name)]);
  });
  const ofCommand = ['main', 'run'].map((name): [string, string] => [name, join(ROOT, `dist/src/edge/cli/${name}.js`)]);
  return { ...Object.fromEntries(ofCommand), ...Object.fromEntries(workers) };
}

/** The licences of the libraries whose text is in these modules: all of them ask for that. */
function licences(modules: readonly string[]): string {
  const folders = new Set(
    modules.map((path) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter((path) => path !== undefined),
  );
  return [...folders]
    .toSorted()
    .map((folder) => {
      const files = readdirSync(folder);
      // One has it at the end of its README.
      const name = files.find((file) => /^licen[cs]e/i.test(file)) ?? files.find((file) => /^readme/i.test(file));
      if (name === undefined) throw new Error(`${folder} has no licence to hand on`);
      return `${folder.split('/node_modules/').at(-1)!}\n\n${readFileSync(join(folder, name), 'utf8').trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** What decides the results of a search: what is ours, and the libraries that draw. */
const OURS = /^dist\/(?:model|properties|src\/(?:families|replay|scenarios|search|shrink|trace))\//;
const LIBRARIES = /^node_modules\/(?:fast-check|pure-rand|seedrandom)\//;

/** A digest of all these modules: results of two builds may be added up where it is the same (src/edge/campaign/campaign-key.ts). */
function modelVersion(modules: readonly string[]): string {
  const paths = [...new Set(modules.map((path) => relative(ROOT, path)))]
    .filter((path) => OURS.test(path) || LIBRARIES.test(path))
    .toSorted();
  if (paths.length === 0) throw new Error('no module of the model is among those of the command');
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\n`).update(readFileSync(join(ROOT, path)));
  return hash.digest('hex').slice(0, 16);
}

const bundle = await rolldown({ input: entries(), platform: 'node', external: isLeftOut });
const { output } = await bundle.write({
  dir: TO,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  // A short command takes most of its time to read these files. Names stay, for the stack that an internal error prints.
  comments: false,
  minify: { compress: false, mangle: false },
});
chmodSync(join(TO, 'main.js'), 0o755);
const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
writeFileSync(join(TO, LICENCES), licences(modules));
writeFileSync(join(TO, MODEL_VERSION), `${modelVersion(modules)}\n`);
// What an earlier build has left would be shipped. It goes last: a command may be running.
const written = new Set([LICENCES, MODEL_VERSION, ...output.map(({ fileName }) => fileName)]);
for (const name of readdirSync(TO)) if (!written.has(name)) rmSync(join(TO, name));
