/**
 * Builds the page that teaches: one HTML file with everything in it, so that it works from a disk and from any
 * server of files, and loads nothing. Only the scripts and styles of this build may run in it.
 *
 *     node scripts/page.mjs            writes dist/web/index.html
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const { pageOf } = (await runnerImport(`${root}web/page/page.ts`, { root, logLevel: 'error' })).module;

const [app, reader] = [await bundled('web/main.tsx'), await bundled('web/reader/worker.ts')];
const html = pageOf({ root, script: app.script, style: app.style, reader: reader.script, hashOf });
mkdirSync(`${root}dist/web`, { recursive: true });
writeFileSync(`${root}dist/web/index.html`, html);

/** An entry with all that it imports, as one script that needs no modules: from a disk none can be loaded. */
async function bundled(entry) {
  const [{ output }] = await build({
    root,
    configFile: false,
    logLevel: 'error',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      target: 'es2023',
      minify: true,
      modulePreload: false,
      lib: { entry: `${root}${entry}`, formats: ['iife'], name: 'page', fileName: 'page', cssFileName: 'page' },
    },
  });
  const textOf = (name) =>
    String(output.find(({ fileName }) => fileName.endsWith(name))?.[name === '.js' ? 'code' : 'source'] ?? '').trim();
  return { script: inScript(textOf('.js')), style: textOf('.css') };
}

/** A script within HTML ends where it says so, even in the middle of a string. */
function inScript(script) {
  return script.replaceAll('</script', String.raw`<\/script`).replaceAll('<!--', String.raw`<\!--`);
}

function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
