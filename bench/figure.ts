/** One tracked figure: we and our peers do the same, in turn, in several rounds; what counts are the medians and their ratio. */

/** `s`: seconds for the whole, of which fewer are better. */
export type Unit = 'schedules/s' | 's';

export interface Measurement {
  readonly value: number;
  /** How many states an exhaustive search has seen. */
  readonly states?: number;
  /** False: it came to its limit before it had seen them all. */
  readonly complete?: boolean;
}

/** Who can be measured. */
export interface Contender {
  readonly name: string;
  /** @param seconds about how long to measure; whatever can't be cut short takes as long as it takes */
  measure(seconds: number): Promise<Measurement>;
  /** Called once, after the last round. */
  close?(): void;
}

export interface Race {
  readonly name: string;
  readonly unit: Unit;
  readonly ours: Contender;
  /** The first is the one that the figure is judged by. */
  readonly peers: readonly Contender[];
  readonly rounds: number;
}

export interface Peer extends Measurement {
  readonly name: string;
  /** How many times better than this peer we are. */
  readonly ratio: number;
}

export interface Figure extends Measurement {
  readonly name: string;
  readonly unit: Unit;
  /** Null where there is nobody to compare with. */
  readonly peer: Peer | null;
  readonly ratio: number | null;
  readonly otherPeers: readonly Peer[];
}

/** Rounds of a figure: an odd number, so that its median is one of them. */
export const ROUNDS = 5;

/** @param onRound called before each round */
export async function measureFigure(race: Race, seconds: number, onRound: () => void): Promise<Figure> {
  const contenders = [race.ours, ...race.peers];
  const measured: Measurement[][] = contenders.map(() => []);
  try {
    for (let round = 0; round < race.rounds; round++) {
      onRound();
      for (const [i, contender] of contenders.entries()) measured[i]!.push(await contender.measure(seconds));
    }
  } finally {
    for (const contender of contenders) contender.close?.();
  }
  const [ours, ...theirs] = measured.map(median);
  const peers = theirs.map((their, i) => ({
    name: race.peers[i]!.name,
    ...their,
    ratio: timesBetter(race.unit, ours!.value, their.value),
  }));
  return { name: race.name, unit: race.unit, ...ours!, peer: peers[0] ?? null, ratio: peers[0]?.ratio ?? null, otherPeers: peers.slice(1) };
}

export const timesBetter = (unit: Unit, ours: number, theirs: number): number => (unit === 's' ? theirs / ours : ours / theirs);

function median(measured: readonly Measurement[]): Measurement {
  return measured.toSorted((a, b) => a.value - b.value)[Math.floor(measured.length / 2)]!;
}
