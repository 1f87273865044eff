import { describe, expect, it } from 'vitest';
import { rulesBrokenIn } from '../../../model/families/notifier/eras.ts';
import { defectsOf } from '../../../model/families/history.ts';
import { RULES, type RuleName } from '../../../model/families/notifier/rules.ts';
import type { Rule } from '../../../model/families/rule.ts';
import { sized } from '../../../tools/nightly/testing.ts';
import { generated } from '../../scenarios/sources.ts';
import { MODES, SCOPE, neverStop, optionsFor, settingWithout } from '../../testing.ts';
import { Benches, runUnit } from '../campaign/campaign.ts';
import { KnownCauses } from '../campaign/known-causes.ts';
import { Tally } from '../campaign/tally.ts';

const UNITS_MAX = 60;
/** The one of the day finds them all soon. */
const SEED = sized('c', 'spec');

/** The rules to blame for what a search for all defects of a job finds, unit by unit, until it has found these. */
function causesOf(without: readonly RuleName[]): Set<string> {
  const known = new KnownCauses(without);
  const tally = new Tally(MODES, true);
  const source = generated({ ...SCOPE, faults: true });
  const benches = new Benches();
  const causes = (): Set<string> => new Set(tally.found.map(({ cause }) => cause.join(' and ')));
  for (let n = 0; n < UNITS_MAX * MODES.length && !without.every((rule) => causes().has(rule)); n++) {
    const unit = {
      mode: MODES[n % MODES.length]!,
      number: Math.floor(n / MODES.length),
      schedules: source.scenariosPerUnit * source.schedulesPerScenario,
    };
    const options = optionsFor(settingWithout(known.withoutIn(unit, n)), { keepGoing: true, seed: SEED });
    const result = runUnit(options, source, unit, benches, neverStop);
    tally.add(result);
    known.add(
      n,
      unit.mode,
      result.found.map(({ cause }) => cause),
    );
  }
  return causes();
}

describe('a search of QEMU 1.6', () => {
  const broken = rulesBrokenIn('1.6');
  const causes = causesOf(broken);

  it('finds each rule that 1.6 broke to be the one cause of something, and nothing else', () => {
    expect(causes).toEqual(new Set(broken));
  });

  it('so finds all of its defects that the model can express', () => {
    const defects = [...causes].flatMap((rule) => defectsOf(RULES[rule as RuleName] as Rule));
    expect(defects).toEqual(
      expect.arrayContaining([
        'S-01',
        'S-02',
        'S-03',
        'S-04',
        'S-05',
        'S-06',
        'S-08',
        'S-09',
        'S-10',
        'S-11',
        'S-12',
        'S-19',
        'S-24',
        'S-25',
      ]),
    );
  });
});
