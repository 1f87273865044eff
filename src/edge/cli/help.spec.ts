/** The help of every command: 80 columns, options in groups that say what they are about, and examples. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { wholeProgram } from './run.ts';
import { runHere } from './testing.ts';

const COMMANDS = (await wholeProgram()).commands.filter((command) => command.name() !== 'help');
const OF_ALL = ['-h, --help', '-V, --version', '--no-color', '--config', '--profile', '--print-config'];

/** By heading, the lines beneath it. */
function groupsOf(help: string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of help.split('\n'))
    if (/^[A-Z][^:]*:$/.test(line)) groups.set(line.slice(0, -1), (lines = []));
    else if (line.startsWith('  ')) lines.push(line);
    else lines = [];
  return groups;
}

it.each(COMMANDS.map((command) => [command.name(), command] as const))('of %s', async (name, command) => {
  const { status, out, err } = await runHere([name, '--help']);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toMatch(new RegExp(`^Usage: cowcheck ${name} `));
  for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  const example = new RegExp(String.raw`^Examples?:\n(?: .*\n)*? {2}(?:source <\()?cowcheck ${name}\b`, 'm');
  expect(out).toMatch(example);
  expect(out).not.toContain('default: false');
  const groups = groupsOf(out);
  const general = [...(groups.get('Options') ?? []), ...(groups.get('Global Options') ?? [])].filter((line) => /^ {2}-/.test(line));
  for (const line of general)
    expect(
      OF_ALL.some((option) => line.startsWith(`  ${option}`)),
      line,
    ).toBe(true);
  for (const { long } of command.options) {
    const place = [...groups].filter(([, lines]) => lines.some((line) => line.startsWith(`  ${long} `) || line.startsWith(`  ${long}\t`)));
    expect(
      place.map(([heading]) => heading),
      long ?? '',
    ).toHaveLength(1);
    expect(place[0]![0]).not.toMatch(/^(Global )?Options$/);
  }
});

it('of cowcheck comes with the exit statuses, and with examples', async () => {
  const { status, out, err } = await runHere(['--help']);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toMatch(/^Usage: cowcheck \[options\] \[command\]\n/);
  expect(out).toContain('Examples:\n  cowcheck check ');
  expect(out.replaceAll(/\s+/g, ' ')).toContain(
    'Exit status: 0 every property holds, or each trace ends as its file says 1 a property is broken, or',
  );
  for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(await runHere(['help'])).toEqual({ status, out, err });
});

it('comes without a command as well, but that is no success', async () => {
  const { status, out, err } = await runHere([]);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toMatch(/^Usage: cowcheck/);
});

it('has the version', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
  expect(await runHere(['--version'])).toEqual({ status: 0, out: `${version}\n`, err: '' });
});
