/** The print is what the model runs: it has every line that a rule decides, and runs in the model's place. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { JOB_NAMES, type JobName, type JobRules, rulesOff } from '../../model/families/notifier/eras.ts';
import { RULE_NAMES, type RuleName } from '../../model/families/notifier/rules.ts';
import { Machine } from '../../model/machine/machine.ts';
import { type Setting, shapeOf } from '../../model/machine/shape.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { sized } from '../../tools/nightly/testing.ts';
import { type Layout, LAYOUTS, randomScenario, readyNow, seeded } from '../../model/testing.ts';
import { modelSources, readyJob } from '../edge/files/sources.ts';
import { FOLDER, PAGES, SEAM, TABLES, type Print, askers, printOf } from './print.ts';
import type { Sources } from './program.ts';

const ROOT = join(import.meta.dirname, '../..');
const MODEL = modelSources();
const LINES_MAX = 330;

/** Rules that only the path of a guest's request asks: it is no part of the job, and the print says whether they are on. */
const OF_REQUESTS = ['copyBeforeWrite', 'copyBeforeWriteZeroes', 'copyBeforeDiscard', 'savevmPassesHookBy', 'failedCopyFailsGuestWrite'];

const print = (job: JobRules): Print => printOf(job, MODEL);
const named = (job: JobName): JobRules => ({ job, without: [] });

/** The folded model, with the print in the place of its pages. */
function withPrint({ text, folded }: Print): Sources {
  const [first, ...others] = PAGES;
  return new Map([
    ...folded,
    [first!, text],
    ...others.map((path): [string, string] => [path, `export * from '${relative(dirname(path), first!).replace(/^(?!\.)/, './')}';\n`]),
  ]);
}

describe('the print', () => {
  it('has all of its family, but for the tables of rules and the seam', () => {
    const files = readdirSync(join(ROOT, FOLDER)).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
    const pages = [...PAGES, ...TABLES, SEAM].filter((path) => path.startsWith(FOLDER));
    expect(files.map((name) => `${FOLDER}${name}`).toSorted()).toEqual(pages.toSorted());
  });

  it('has every line that asks a rule, but for those of requests, which it names', () => {
    const asked = askers(MODEL);
    expect([...asked.keys()].toSorted()).toEqual([...RULE_NAMES].toSorted());
    expect(RULE_NAMES.filter((name) => !PAGES.some((path) => asked.get(name)!.has(path)))).toEqual(OF_REQUESTS);
    expect(OF_REQUESTS.map((name) => [...asked.get(name)!])).toEqual(OF_REQUESTS.map(() => ['model/block/guest.ts']));
    const head = readyJob('qemu-1.6').split('\n\n')[0]!.replaceAll('\n// ', ' ');
    expect(head).toContain(
      'copyBeforeWrite (on), copyBeforeWriteZeroes (on), copyBeforeDiscard (off), savevmPassesHookBy (off), ' +
        'failedCopyFailsGuestWrite (on).',
    );
  });

  // As tools/docs has written it, and compares it with what is printed.
  it.each(JOB_NAMES)('of %s asks no rule and fits on a page', (job) => {
    const [text, off] = [readyJob(job), rulesOff(named(job))];
    const [head, ...code] = text.split('\n\n');
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(LINES_MAX);
    expect(text).not.toMatch(/rules\.|\bRules\b/);
    expect(RULE_NAMES.filter((name) => code.join('\n\n').includes(name))).toEqual(['copyBeforeWrite']); // a function has that name, too
    expect(
      RULE_NAMES.filter((name) => new RegExp(`Off:.*\\b${name}\\b`).test(head!.replaceAll('\n//', '').split('. The path')[0]!)),
    ).toEqual(off);
  });
});

describe('the print in the place of the model', () => {
  const ofHalves = halves().map((without): JobRules => ({ job: 'correct', without }));
  const jobs = sized(ofHalves.slice(1), [named('correct'), named('qemu-1.6'), ...ofHalves]);

  it.each(sized([], jobs))('is sound TypeScript, and nothing in it is unused: $job without $without', (job) => {
    expect(complaints(withPrint(print(job)))).toEqual([]);
  });

  it.each(jobs)('runs as the model does: $job without $without', async (job) => {
    const printed = await modelOf(withPrint(print(job)));
    const { off } = print(job);
    const met = new Set<string>();
    for (const [n, layout] of LAYOUTS.entries())
      for (let i = 0; i < 3; i++) expect(difference(printed, layout, off, `${n} ${i}`, met)).toBeNull();
    expect(met.size).toBeGreaterThan(40); // names of steps
  });

  it('would be found out if it ran otherwise', async () => {
    const { text, off, folded } = print(jobs.at(-1)!);
    expect(text).toContain('source.hook.unlink();');
    const spoiled = await modelOf(withPrint({ text: text.replace('source.hook.unlink();', ''), off, folded }));
    const differences = LAYOUTS.map((layout, n) => difference(spoiled, layout, off, `${n}`, new Set()));
    expect(differences).toContainEqual(expect.stringMatching(/^after step \d+, of job: drain\.copies|^after step \d+/));
  });
});

/** Each rule is off in one of these, and on in the other. */
function halves(): RuleName[][] {
  return [RULE_NAMES.filter((_, i) => i % 2 === 0), RULE_NAMES.filter((_, i) => i % 2 === 1)];
}

const PARSED = new Map<string, ts.SourceFile>();
/** Most files are the same in every print, and TypeScript's own in any case. */
function parsed(path: string, text: string | undefined, version: ts.ScriptTarget | ts.CreateSourceFileOptions): ts.SourceFile | undefined {
  if (text === undefined) return undefined;
  const known = PARSED.get(path);
  if (known?.text === text) return known;
  const file = ts.createSourceFile(path, text, version, true);
  PARSED.set(path, file);
  return file;
}

/** What TypeScript, as strict as in this repository, has to say of the files, which know nothing of node. */
function complaints(sources: Sources): string[] {
  const { options: ours } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    ROOT,
  );
  const options = { ...ours, types: [] };
  const host = ts.createCompilerHost(options);
  const text = (path: string): string | undefined => sources.get(path.replace(`${ROOT}/`, '').replace(/\.js$/, '.ts'));
  const program = ts.createProgram(
    [...sources.keys()].map((path) => join(ROOT, path)),
    options,
    {
      ...host,
      fileExists: (path) => text(path) !== undefined || host.fileExists(path),
      readFile: (path) => text(path) ?? host.readFile(path),
      getSourceFile: (path, version) => parsed(path, text(path) ?? host.readFile(path), version),
    },
  );
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, start, messageText }) => `${file?.fileName}:${start}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
}

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** What makes machines. */
type Model = (scenario: Scenario, setting: Setting) => Machine;

/** Sources, compiled and imported. */
async function modelOf(sources: Sources): Promise<Model> {
  const folder = mkdtempSync(join(tmpdir(), 'cowcheck-print-'));
  folders.push(folder);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const [path, text] of sources) {
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, rewriteRelativeImportExtensions: true },
    });
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path.replace(/\.ts$/, '.js')), outputText);
  }
  const folded = (await import(
    pathToFileURL(join(folder, 'model/machine/machine.js')).href
  )) as typeof import('../../model/machine/machine.ts');
  return (scenario, setting) => new folded.Machine(shapeOf(scenario, setting));
}

/** Runs one random scenario in one random order in both. @returns where they part; null: nowhere */
function difference(printed: Model, layout: Layout, without: readonly RuleName[], seed: string, met: Set<string>): string | null {
  const pick = seeded(seed);
  const scenario = randomScenario(layout, pick);
  const setting: Setting = { effects: layout.effects, wake: pick(2) === 0 ? 'any' : 'qemu', without, requestsMin: 3 };
  const machines = [new Machine(shapeOf(scenario, setting)), printed(scenario, setting)];
  for (const machine of machines) {
    machine.load(scenario);
    machine.begin();
  }
  const [model, copy] = machines as [Machine, Machine];
  for (let step = 1, ready = readyNow(model); ready.length > 0 && step < 2000; step++, ready = readyNow(model)) {
    const id = ready[pick(ready.length)]!;
    const name = nameOf(model, id);
    met.add(name.replace(/ [cs]\d+$/, ''));
    for (const machine of machines) machine.step(id);
    if (stateOf(model) !== stateOf(copy)) return `after step ${step}, of ${name}`;
  }
  return null;
}

const nameOf = (machine: Machine, id: number): string =>
  `${machine.coroutines.byId(id).name}: ${machine.stepName(machine.coroutines.byId(id).pending)}`;

/** All cells, with pending steps by their names: their numbers follow from the order in which files are read. */
function stateOf(machine: Machine): string {
  const cells = [...machine.world.cells];
  for (const { slot } of machine.coroutines.all) cells[slot] = 0;
  return JSON.stringify([cells, machine.coroutines.all.map(({ id }) => nameOf(machine, id)), readyNow(machine)]);
}
