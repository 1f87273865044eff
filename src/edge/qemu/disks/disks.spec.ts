import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import { Disks, fits } from './disks.ts';
import { BLOCK_BYTES, TORN, contentOf, fillSector } from './pattern.ts';

const OVERLAY: Scenario = {
  mode: 'top',
  disk: {
    sectors: 45,
    clusterSectors: 8,
    zero: [2, 9],
    discardReads: 'zero',
    overlay: { clusterSectors: 4, allocated: [0, 3, 11], zeroClusters: [5], baseSectors: 30 },
  },
  targetClusterSectors: 8,
  guest: [{ id: 'g1', kind: 'write', first: 1, count: 2, after: [], early: false }],
  cancel: false,
};

describe('contents as bytes', () => {
  it('are read back, and tell what was moved, mixed or torn', () => {
    const sector = Buffer.alloc(4 * BLOCK_BYTES);
    for (const content of [0, 1, 77, 123_456]) {
      fillSector(sector, content);
      expect(contentOf(sector)).toBe(content);
    }
    const other = Buffer.alloc(sector.length);
    fillSector(other, 5);
    const swapped = Buffer.concat([
      sector.subarray(BLOCK_BYTES, 2 * BLOCK_BYTES),
      sector.subarray(0, BLOCK_BYTES),
      sector.subarray(2 * BLOCK_BYTES),
    ]);
    const mixed = Buffer.concat([sector.subarray(0, BLOCK_BYTES), other.subarray(BLOCK_BYTES)]);
    const flipped = Buffer.from(sector);
    flipped[700]! ^= 1;
    expect([swapped, mixed, flipped].map(contentOf)).toEqual([TORN, TORN, TORN]);
  });
});

describe('disks', () => {
  it('show in source and base what the scenario says', () => {
    const disks = new Disks(OVERLAY);
    const { source, base, target, contents } = disks;
    const shown = (s: number): unknown =>
      disks.inImage(source, s) === 'below' ? (s < 30 ? disks.inImage(base!, s) : 0) : disks.inImage(source, s);
    for (let s = 0; s < 45; s++) expect(shown(s), `sector ${s}`).toBe(disks.shownAtBegin(s));
    expect([0, 2, 5, 12, 20, 29, 44].map((s) => disks.shownAtBegin(s))).toEqual([
      contents.atT0(0),
      0,
      contents.atT0(5),
      contents.atT0(12),
      0,
      contents.atT0(29),
      contents.atT0(44),
    ]);
    expect(disks.shownAtBegin(33)).toBe(0); // behind the end of a shorter backing file
    expect(disks.inImage(base!, 0)).toBe(contents.inBase(0)); // hidden
    for (let s = 0; s < 45; s++) expect(disks.inImage(target, s)).toBe('below');
  });

  it('have sizes that QEMU has', () => {
    expect(fits(OVERLAY)).toBe(true);
    expect(fits({ ...OVERLAY, disk: { ...OVERLAY.disk, sectors: 0 } })).toBe(false);
    expect(fits({ ...OVERLAY, disk: { ...OVERLAY.disk, clusterSectors: 3 } })).toBe(false);
    expect(fits({ ...OVERLAY, targetClusterSectors: 512 })).toBe(false); // 4 MiB
  });

  it.skipIf(spawnSync('qemu-img', ['--version']).status !== 0)(
    'are images that qemu-img finds nothing wrong with, and reads as we do',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'cowcheck-spec-'));
      try {
        for (const [sectors, clusterSectors] of [
          [45, 4],
          [45, 1],
          [45, 256],
          [500, 1],
        ] as const) {
          const allocated = [0, 3, Math.ceil(sectors / clusterSectors) - 1].filter((c) => c * clusterSectors < sectors);
          const disks = new Disks({
            ...OVERLAY,
            disk: {
              ...OVERLAY.disk,
              sectors,
              clusterSectors: clusterSectors === 1 ? 128 : 8,
              overlay: { clusterSectors, allocated, zeroClusters: [], baseSectors: null },
            },
            targetClusterSectors: 128,
          });
          const [image, raw] = [join(folder, 'image.qcow2'), join(folder, 'raw')];
          writeFileSync(image, disks.source.image);
          expect(spawnSync('qemu-img', ['check', image], { encoding: 'utf8' }).stdout).toContain('No errors were found');
          expect(spawnSync('qemu-img', ['convert', '-O', 'raw', image, raw]).status).toBe(0);
          const bytes = readFileSync(raw);
          for (let s = 0; s < sectors; s++) {
            const own = disks.inImage(disks.source, s);
            expect(contentOf(bytes.subarray(s * disks.sectorBytes, (s + 1) * disks.sectorBytes))).toBe(own === 'below' ? 0 : own);
          }
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
