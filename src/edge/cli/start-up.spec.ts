/** A short command takes most of its time to load. What it does without is not loaded. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { MAIN } from './testing.ts';

const FOLDER = dirname(MAIN);
const IMPORT = /(?:^|[;}\n])(?:import|export)(?!\()[^;]*?["'](?<from>[^"']+)["']/g;

/** The files that a file of the built command imports, itself included, and the packages, but not what it imports when it needs it. */
function closureOf(entry: string): { bytes: number; packages: string[] } {
  const packages = new Set<string>();
  const texts = new Map<string, string>();
  const left = [entry];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (texts.has(name)) continue;
    const text = readFileSync(join(FOLDER, name), 'utf8');
    texts.set(name, text);
    for (const { groups } of text.matchAll(IMPORT)) {
      const from = groups!['from']!;
      if (from.startsWith('./')) left.push(from.slice(2));
      else packages.add(from);
    }
  }
  return { bytes: [...texts.values()].reduce((sum, text) => sum + text.length, 0), packages: [...packages] };
}

/** The file that defines a command. */
const fileOf = (definition: string): string =>
  readdirSync(FOLDER).find((name) => name.endsWith('.js') && readFileSync(join(FOLDER, name), 'utf8').includes(`function ${definition}(`))!;

it('is told from all that a search needs', () => {
  const { bytes, packages } = closureOf(fileOf('defineCheck'));
  expect(bytes).toBeGreaterThan(1_000_000);
  expect(packages).toContain('piscina');
});

it('of --version and --help is little more than commander', () => {
  const { bytes, packages } = closureOf('main.js');
  expect(bytes).toBeGreaterThan(30_000);
  expect(bytes).toBeLessThan(120_000);
  expect(packages).not.toContain('piscina');
});

it('of rules is without the search and without the reader of traces', () => {
  expect(closureOf(fileOf('defineRules')).bytes).toBeLessThan(250_000);
});

it('of replay is without worker threads and without what draws scenarios', () => {
  const { bytes, packages } = closureOf(fileOf('defineReplay'));
  expect(packages).not.toContain('piscina');
  expect(bytes).toBeLessThan(800_000);
});
