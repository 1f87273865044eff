/** The registry of strategies, by the name that `--strategy` takes. */
import { RunHistory } from './run-history.ts';
import { Pct } from './pct.ts';
import { Portfolio } from './portfolio.ts';
import { Pos } from './pos.ts';
import { RandomWalk } from './random-walk.ts';
import { StickyWalk } from './sticky-walk.ts';
import type { Strategy } from './strategy.ts';
import { Urw } from './urw.ts';

export const STRATEGIES: Readonly<Record<string, () => Strategy>> = {
  random: () => new RandomWalk(),
  sticky: () => new StickyWalk(0.8),
  pct: among('pct', (past) => [new Pct(2, past), new Pct(3, past), new Pct(4, past)]),
  pos: () => new Pos(),
  urw: among('urw', (past) => [new Urw(past)]),
  portfolio: among('portfolio', (past) => [
    new RandomWalk(),
    new StickyWalk(0.5),
    new StickyWalk(0.8),
    new StickyWalk(0.95),
    new Pct(2, past),
    new Pct(3, past),
    new Pct(4, past),
    new Pos(),
    new Urw(past),
  ]),
};

function among(name: string, members: (history: RunHistory) => readonly Strategy[]): () => Strategy {
  return () => {
    const past = new RunHistory();
    return new Portfolio(name, members(past), past);
  };
}
