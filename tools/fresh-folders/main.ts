/**
 * Packs cowcheck, installs the tarball into a fresh folder for each runner, and runs a suite there: what a stranger would do first.
 *
 *     node dist/tools/fresh-folders/main.js [--node VERSION]...    VERSIONs of the npm package `node`, instead of the node that runs this
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../copy-of-tree.ts';
import { SUITES, type Suite } from './suites.ts';

const { values } = parseArgs({ options: { node: { type: 'string', multiple: true } } });
const scratch = mkdtempSync(join(tmpdir(), 'cowcheck-fresh-'));

function run(folder: string, program: string, ...args: readonly string[]): string {
  // The node of the folder comes first, where there is one.
  const env = { ...process.env, PATH: `${join(folder, 'node_modules/.bin')}:${process.env['PATH']}`, CI: 'true', NO_COLOR: '1' };
  return execFileSync(program, args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** @param version of node; null: the one that runs this */
function tryOut({ name, packages, files, command: [program, ...args] }: Suite, tarball: string, version: string | null): void {
  const folder = join(scratch, `${name} ${version ?? ''}`.replaceAll(/\W+/g, '-'));
  mkdirSync(folder);
  for (const [path, text] of Object.entries({ 'package.json': '{"private":true}', ...files })) writeFileSync(join(folder, path), text);
  const all = [tarball, ...packages, ...(version === null ? [] : [`node@${version}`])];
  run(folder, 'npm', 'install', '--no-audit', '--no-fund', ...all);
  run(folder, program, ...args);
  console.log(`${name}, node ${run(folder, 'node', '--version').trim()}: a job that holds, and one that fails`);
}

try {
  const [packed] = JSON.parse(run(ROOT, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', scratch)) as {
    filename: string;
  }[];
  for (const version of values.node ?? [null]) for (const suite of SUITES) tryOut(suite, join(scratch, packed!.filename), version);
} catch (error) {
  const { message, stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string };
  console.error(`${message}\n${stdout}\n${stderr}`);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true });
}
