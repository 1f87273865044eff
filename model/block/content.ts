/**
 * What a sector holds: not bytes but where they were born. The job copies and never computes, so
 * this is exact, and no two contents are equal by accident.
 *
 *   zero      no birthplace: zeroes written, discarded, or never there
 *   s5@0      sector 5 as the disk showed it at T0
 *   s5@base   sector 5 of the backing file, where the overlay hid it at T0
 *   s5@old    sector 5 of a target that was there before the backup, or of the backup before this one
 *   s5.g2     sector 5 as guest request g2 wrote it
 */
export type Content = number;

export const ZERO: Content = 0;

const AT_T0 = 0;
const IN_BASE = 1;
const IN_OLD_TARGET = 2;
const BY_GUEST = 3;

const PLACES: Record<number, string> = { [AT_T0]: '0', [IN_BASE]: 'base', [IN_OLD_TARGET]: 'old' };

/** The contents of a disk of so many sectors. */
export class Contents {
  readonly sectors: number;
  constructor(sectors: number) {
    this.sectors = sectors;
  }

  atT0(sector: number): Content {
    return this.#born(AT_T0, sector);
  }
  inBase(sector: number): Content {
    return this.#born(IN_BASE, sector);
  }
  inOldTarget(sector: number): Content {
    return this.#born(IN_OLD_TARGET, sector);
  }
  byGuest(guest: number, sector: number): Content {
    return this.#born(BY_GUEST + guest, sector);
  }

  /** @param guestNames the guest requests' ids, in order */
  print(content: Content, guestNames: readonly string[]): string {
    if (content === ZERO) return 'zero';
    const sector = (content - 1) % this.sectors;
    const birth = Math.floor((content - 1) / this.sectors);
    return birth < BY_GUEST ? `s${sector}@${PLACES[birth]}` : `s${sector}.${guestNames[birth - BY_GUEST] ?? `?${birth}`}`;
  }

  #born(birth: number, sector: number): Content {
    return 1 + birth * this.sectors + sector;
  }
}
