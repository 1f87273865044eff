/** `cowcheck bench`: the tracked figures, each beside its peers in the same run. */
import type { Command } from 'commander';
import { type Compared, compare, readEarlierRatios } from '../../../../bench/compare.ts';
import type { Figure, Peer, Unit } from '../../../../bench/figure.ts';
import { measureAll, racesOf, roundsOf } from '../../../../bench/figures.ts';
import { INSTALL_SPIN, hasSpin } from '../../../../bench/spin/search.ts';
import { io } from '../io/io.ts';
import { count, json, progress } from '../io/terminal.ts';
import { seconds } from '../io/usage.ts';

interface Flags {
  readonly seconds: number;
  readonly large: boolean;
  readonly against?: string;
  readonly json: boolean;
}

const EXAMPLES = `
Examples:
  cowcheck bench
  cowcheck bench --large --json > figures.json
  cowcheck bench --large --against figures.json
`;

const HEAD = `Whole schedules and whole searches, with the same steps for all: I/O in three
phases, effects per cluster, all properties on. One core, medians of five rounds;
x: times faster.
`;

export function defineBench(command: Command): void {
  command
    .optionsGroup('What is measured:')
    .option('--seconds <s>', 'seconds per measurement', seconds, 2)
    .option('--large', 'also large exhaustive searches (minutes, up to 8 GiB)', false)
    .option('--against <file>', 'earlier output of "bench --json" to compare with')
    .optionsGroup('Output:')
    .option('--json', 'one JSON array on standard output', false)
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => {
      const earlier = flags.against === undefined ? null : readEarlierRatios(flags.against);
      const spin = await hasSpin();
      if (!spin) io().err(`cowcheck: exhaustive search is not measured, because Spin is missing: ${INSTALL_SPIN}\n`);
      const races = racesOf({ large: flags.large, spin });
      const bar = progress(roundsOf(races));
      const figures = await measureAll(races, flags.seconds, (done, text) => bar.update(done, text));
      bar.stop();
      const told = earlier === null ? figures : compare(figures, earlier);
      io().out(flags.json ? json(told) : figuresInWords(told));
    });
}

export const figuresInWords = (figures: readonly (Figure | Compared)[]): string => [HEAD, ...figures.map(describe)].join('\n');

function describe(figure: Figure | Compared): string {
  const { name, unit, peer, otherPeers } = figure;
  const lines = [
    name,
    row(unit, figure, 'cowcheck', ''),
    ...[...(peer === null ? [] : [peer]), ...otherPeers].map((their) => row(unit, their, their.name, ratioTo(their))),
    ...('change' in figure && peer !== null
      ? [
          figure.change === null
            ? '  not measured then'
            : `  ${ratio(figure.earlierRatio!)} then, ${ratio(peer.ratio)} now: ${figure.change.toFixed(2)} times as good`,
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function row(unit: Unit, { value, states, complete = true }: Figure | Peer, name: string, more: string): string {
  const number = unit === 's' ? value.toFixed(3) : count(Math.round(value));
  const seen = states === undefined ? '' : `, ${count(states)} states${complete ? '' : ', then memory ran out'}`;
  return `  ${number.padStart(10)} ${unit}  ${name}${seen}${more}`;
}

const ratio = (n: number): string => `${n.toFixed(n < 10 ? 2 : 1)} x`;
const ratioTo = (peer: Peer): string => `: ${ratio(peer.ratio)}`;
