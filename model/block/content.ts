/**
 * What a sector holds: not bytes but where they were born. The job copies and never computes, so
 * this is exact, and no two contents are equal by accident.
 *
 *   zero      no birthplace: zeroes written, discarded, or never there
 *   s5@0      sector 5 as the disk showed it at T0
 *   s5@base   sector 5 of the backing file, where the overlay hid it at T0
 *   s5@old    sector 5 of a target that was there before the backup, or of the backup before this one
 *   s5.g2     sector 5 as guest request g2 wrote it
 *
 * Those of the second disk of a machine are told by its name: `disk2.s5@0`.
 */
export type Content = number;

export const ZERO: Content = 0;

const AT_T0 = 0;
const IN_BASE = 1;
const IN_OLD_TARGET = 2;
const BY_GUEST = 3;

const PLACES: Record<number, string> = { [AT_T0]: '0', [IN_BASE]: 'base', [IN_OLD_TARGET]: 'old' };

/** The contents of one disk of a machine. */
export class Contents {
  readonly sectors: number;
  readonly #first: number;
  readonly #sectorsOfAll: number;

  /** @param sectors of each disk @param disk which of them, from 0 @param disks how many there are */
  constructor(sectors: number, disk = 0, disks = 1) {
    this.sectors = sectors;
    this.#first = disk * sectors;
    this.#sectorsOfAll = disks * sectors;
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

  /** Of whatever disk it is. @param guestNames the guest requests' ids, in order */
  print(content: Content, guestNames: readonly string[]): string {
    if (content === ZERO) return 'zero';
    const place = (content - 1) % this.#sectorsOfAll;
    const birth = Math.floor((content - 1) / this.#sectorsOfAll);
    const disk = Math.floor(place / this.sectors);
    const sector = `${disk === 0 ? '' : `disk${disk + 1}.`}s${place % this.sectors}`;
    return birth < BY_GUEST ? `${sector}@${PLACES[birth]}` : `${sector}.${guestNames[birth - BY_GUEST] ?? `?${birth}`}`;
  }

  #born(birth: number, sector: number): Content {
    return 1 + birth * this.#sectorsOfAll + this.#first + sector;
  }
}
