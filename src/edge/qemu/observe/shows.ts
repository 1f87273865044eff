/** What a request of QEMU took, or has put on a disk, as whole sectors: what a step of a real trace shows. */
import { ZERO } from '../../../../model/block/content.ts';
import { type Stretch, printStretch } from '../../../validate/contents-text.ts';
import type { Held } from '../disks/held.ts';
import { type CaseView, printContent } from './oracle.ts';
import { BLOCK_BYTES, blockOf, contentOf } from '../disks/pattern.ts';

/** Null: metadata of a format, part of a sector, or zeroes in a format's file, of which nobody can say where on the disk they belong. */
export function effectOf(held: Held, view: CaseView): string | null {
  const { disks, scenario } = view;
  const {
    disk,
    request: { offset, length },
  } = held;
  if (!held.isData) return null;
  const bytes = held.payload;
  const at = disk.format === 'raw' ? offset : placeOnDisk(bytes, disks.sectorBytes, scenario.disk.sectors);
  if (at === null || at % disks.sectorBytes !== 0) return null;
  const sectors = Math.min(Math.floor(length / disks.sectorBytes), scenario.disk.sectors - at / disks.sectorBytes);
  const names = Array.from({ length: sectors }, (_, i) =>
    printContent(view, contentOf(bytes.subarray(i * disks.sectorBytes, (i + 1) * disks.sectorBytes))),
  );
  const stretch: Stretch = { first: at / disks.sectorBytes, names };
  return sectors > 0 ? printStretch(stretch) : null;
}

/** Data in a format's file says where on the disk it belongs; what one request has of it lies in a row there, too. */
function placeOnDisk(bytes: Buffer, sectorBytes: number, sectors: number): number | null {
  for (let at = 0; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) {
    const found = blockOf(bytes, at);
    if (found === null || found.content === ZERO) continue;
    const place = ((found.content - 1) % sectors) * sectorBytes + found.block * BLOCK_BYTES - at;
    return place >= 0 ? place : null;
  }
  return null;
}
