/** `cowcheck bench`: the tracked figures, each beside its peer in the same run. */
import type { Command } from 'commander';
import { type Figure, measureAll } from '../../bench/figures.ts';
import { count } from './terminal.ts';
import { seconds } from './usage.ts';

export function addBench(program: Command): void {
  program
    .command('bench')
    .description('measure this machine: the tracked figures beside their peers')
    .option('--seconds <s>', 'seconds for each measurement', seconds, 2)
    .option('--json', 'one JSON array on standard output', false)
    .addHelpText('after', '\nExamples:\n  cowcheck bench\n  cowcheck bench --seconds 0.5 --json\n')
    .action(async (flags: { seconds: number; json: boolean }) => {
      const figures = await measureAll(flags.seconds, (text) => process.stderr.write(`cowcheck: ${text}\n`));
      process.stdout.write(flags.json ? `${JSON.stringify(figures)}\n` : describe(figures));
    });
}

function describe(figures: readonly Figure[]): string {
  const lines = figures.flatMap(({ name, value, unit, peer, ratio }) => [
    name,
    `  ${count(Math.round(value)).padStart(10)} ${unit}`,
    `  ${count(Math.round(peer.value)).padStart(10)} ${unit}  ${peer.name}`,
    `  ${`${ratio.toFixed(1)} x`.padStart(10)}`,
  ]);
  return `FULL, 4 clusters of 2 sectors, 3 writes, I/O in three phases, effects per\ncluster, all properties on, one core; medians of five rounds\n\n${lines.join('\n')}\n`;
}
