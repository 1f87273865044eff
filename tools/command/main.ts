/**
 * Joins the command, its worker threads and the libraries that they use into a few files: to load a thousand small ones takes
 * longer than most commands do.
 *
 *     node dist/tools/command/main.js    writes dist/command/
 */
import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';
import { ROOT } from '../copy-of-tree.ts';

const TO = join(ROOT, 'dist/command');
const LICENCES = 'LICENCES.txt';
/** They start the other entries, as files beside them: `new URL('./unit-worker.js', import.meta.url)`. */
const FOLDERS_OF_WORKERS = ['dist/src/edge/workers', 'dist/src/edge/qemu/campaign'];
/** They load files of their own by path, or are only there if the user has installed them. */
const LEFT_OUT = ['piscina', 'typescript'];

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
writeFileSync(join(TO, LICENCES), licences(output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))));
// What an earlier build has left would be shipped. It goes last: a command may be running.
const written = new Set([LICENCES, ...output.map(({ fileName }) => fileName)]);
for (const name of readdirSync(TO)) if (!written.has(name)) rmSync(join(TO, name));
