/** The scripts and styles of the page, each as one text, and web/page/page.ts, which puts HTML around them. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Plugin, type Rolldown, build, runnerImport } from 'vite';
import { ROOT } from '../copy-of-tree.ts';

interface Parts {
  readonly root: string;
  readonly script: string;
  readonly style: string;
  readonly reader: string;
  readonly hashOf: (text: string) => string;
}

/** web/page/page.ts, which is no part of this build: it belongs to the page, whose types include the DOM. */
interface PageModule {
  readonly pageOf: (parts: Parts) => string;
  readonly siteOf: (parts: Parts & { readonly base: string | null }) => ReadonlyMap<string, string>;
}

interface Bundle {
  readonly script: string;
  readonly style: string;
}

/** The words of rules stand in the page's data (web/common/rule-words.ts): the first screen needs those of one rule. */
const RULES = /model[\\/]families[\\/][\w-]+[\\/]rules\.ts$/;
const TEXT = String.raw`(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\x60[^\x60]*\x60)`;
const WORDS = new RegExp(String.raw`\b(sentence|without|how|note|end|id|commit):\s*${TEXT}(?:\s*\+\s*${TEXT})*`, 'g');
/** So do those of properties, which only their list shows. */
const PROPERTIES = /[\\/]properties[\\/][\w-]+\.ts$/;
const SENTENCE = new RegExp(
  String.raw`\b(readonly sentence|export const (?:[A-Z]+_)+(?:KEPT|READER|RIGHT|CONSISTENT)) =\s*${TEXT}(?:\s*\+\s*${TEXT})*`,
  'g',
);
/** What only a mistake in the model itself, or in what runs it, throws: on the page its stack says where. */
const MODEL = /[\\/](?:model[\\/](?:block|families|job|kernel|machine|meaning)|src[\\/](?:run|replay))\b/;
const MISTAKE = new RegExp(String.raw`\bnew (Error|HiddenState)\(\s*${TEXT}(?:\s*\+\s*${TEXT})*,?\s*\)`, 'g');
/** The words of steps come with the data, too (web/common/told-steps.ts): the first screen tells its moves in its own. */
const STEP_WORDS = new RegExp(String.raw`\bwords:\s*${TEXT}`, 'g');
const IO_WORDS = new RegExp(String.raw`\b((?:submit|effect|complete): \['[\w.]+',)\s*${TEXT}`, 'g');
/** And so do sentences of screens behind the first. */
const LATER = /[\\/]web[\\/]common[\\/](plain-steps|later-words)\.ts$/;
const withoutWords: Plugin = {
  name: 'without-words',
  enforce: 'pre',
  transform: (code, id) => {
    const later = LATER.exec(id);
    if (later !== null) return `export const ${later[1]!.toUpperCase().replace('-', '_')} = {};`;
    if (RULES.test(id)) return code.replaceAll(WORDS, "$1: ''");
    if (MODEL.test(id)) return code.replaceAll(MISTAKE, 'new $1()').replaceAll(STEP_WORDS, "words: ''").replaceAll(IO_WORDS, "$1 ''");
    return PROPERTIES.test(id) ? code.replaceAll(SENTENCE, "$1 = ''") : null;
  },
};

export async function pageModule(): Promise<PageModule> {
  return (await runnerImport<PageModule>(join(ROOT, 'web/page/page.ts'), { root: ROOT, logLevel: 'error' })).module;
}

export async function pageParts(): Promise<Parts> {
  const [app, reader] = [await bundled('web/main.tsx'), await bundled('web/reader/worker.ts')];
  return { root: ROOT, script: app.script, style: app.style, reader: reader.script, hashOf };
}

/** An entry with all that it imports, as one script that needs no modules: from a disk none can be loaded. */
async function bundled(entry: string): Promise<Bundle> {
  const [built] = (await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    plugins: [withoutWords],
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      target: 'es2023',
      // They know light-dark(), which older ones would need spelled out for each colour.
      cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
      minify: true,
      modulePreload: false,
      lib: { entry: join(ROOT, entry), formats: ['iife'], name: 'page', fileName: 'page', cssFileName: 'page' },
    },
  })) as Rolldown.RolldownOutput[]; // one for each format
  const textOf = (ending: string): string => {
    const file = built!.output.find(({ fileName }) => fileName.endsWith(ending));
    if (file === undefined) return '';
    return String(file.type === 'chunk' ? file.code : file.source).trim();
  };
  return { script: inScript(textOf('.js')), style: textOf('.css') };
}

/** A script within HTML ends where it says so, even in the middle of a string. */
function inScript(script: string): string {
  return script.replaceAll('</script', String.raw`<\/script`).replaceAll('<!--', String.raw`<\!--`);
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
