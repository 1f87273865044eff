/** The outcome of a command as one hash: exit status, output and the files that it wrote, all without times. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from './cases.ts';

/** Keys of the command's JSON that tell how long something took. */
const TIMES = new Set(['seconds', 'schedulesPerSecond', 'started', 'duration', 'cowcheck']);
/** A line of progress is there or not, depending on the machine. */
const PROGRESS = /^cowcheck: \d+ % done, .*\n/gm;
/** Where commands put traces, unless told otherwise, and where the cases have them put. */
const WRITTEN = ['cowcheck-traces', 'out'];

/**
 * Runs a case from a folder of its own, in which `traces` and `examples` lead to those of this tree.
 * @param main the built command
 * @param scratch where that folder is made
 * @returns the SHA-256 of the outcome, in hex
 */
export async function hashOfOutcome({ args }: Case, main: string, root: string, scratch: string): Promise<string> {
  const folder = mkdtempSync(join(scratch, 'case-'));
  for (const name of ['traces', 'examples']) symlinkSync(join(root, name), join(folder, name));
  try {
    const { status, out, err } = await run([main, ...args], folder);
    return hashOf([`exit status ${status}`, withoutTimes(out), err.replaceAll(PROGRESS, ''), ...filesWritten(folder)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Of several texts. Each comes with its length, so that no two lists look the same. */
export function hashOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}\n${text}\n`);
  return hash.digest('hex');
}

/** The same text, unless it is one JSON value: that one without the keys that tell times. */
export function withoutTimes(text: string): string {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text, (key, value: unknown) => (TIMES.has(key) && typeof value === 'number' ? undefined : value)));
  } catch {
    return text;
  }
}

/** The name of each file, and what is in it. */
function filesWritten(folder: string): string[] {
  const written = WRITTEN.map((name) => join(folder, name)).filter((path) => existsSync(path));
  return written.flatMap((path) =>
    readdirSync(path)
      .filter((name) => !name.endsWith('.schema.json')) // a contract of its own, which says nothing of the case
      .toSorted()
      .flatMap((name) => [name, readFileSync(join(path, name), 'utf8')]),
  );
}

function run(args: readonly string[], cwd: string): Promise<{ status: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => void (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (err += text));
    child.on('error', reject).on('close', (status) => resolve({ status, out, err }));
  });
}
