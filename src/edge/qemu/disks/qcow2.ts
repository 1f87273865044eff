/**
 * qcow2 images in memory, as far as a test needs them: one that QEMU is to open, and what is in one that QEMU
 * has closed (docs/interop/qcow2.txt of QEMU). That the oracle reads an image itself keeps QEMU's own reading
 * of it out of the verdict.
 */
const HEADER_BYTES = 104;
const REFCOUNT_BYTES = 2;
const COPIED = 1n << 63n;
const READS_AS_ZERO = 1n;
const OFFSET_MASK = 0x00fffffffffffe00n;

/** What a cluster holds: its own data, zeroes, or what lies below. */
export type ClusterState = 'data' | 'zero' | 'below';

export interface NewImage {
  readonly bytes: number;
  readonly clusterBytes: number;
  /** A cluster's data, `zero`, or null: not allocated. */
  readonly cluster: (index: number) => Buffer | 'zero' | null;
}

interface Plan {
  readonly clusters: number;
  readonly entries: number;
  readonly tables: number;
  readonly firstTable: number;
  readonly refcountBlocks: number;
}

function planOf(bytes: number, clusterBytes: number): Plan {
  const clusters = Math.ceil(bytes / clusterBytes);
  const entries = clusterBytes / 8;
  const tables = Math.max(1, Math.ceil(clusters / entries));
  const l1Clusters = Math.ceil((tables * 8) / clusterBytes);
  // Room for QEMU to grow into, which an NBD export can't give later: twice everything.
  const refcountBlocks = Math.ceil((2 * (3 + l1Clusters + tables + clusters)) / (clusterBytes / REFCOUNT_BYTES)) + 1;
  return { clusters, entries, tables, firstTable: 2 + refcountBlocks + l1Clusters, refcountBlocks };
}

/** How long a file must be that QEMU may fill such an image in. */
export function capacityOf(bytes: number, clusterBytes: number): number {
  const { clusters, firstTable, tables } = planOf(bytes, clusterBytes);
  return (firstTable + 2 * (tables + clusters) + 8) * clusterBytes;
}

/** The same for an image that has nothing of its own and is only read. */
export function emptyBytesOf(bytes: number, clusterBytes: number): number {
  const { firstTable, tables } = planOf(bytes, clusterBytes);
  return (firstTable + tables) * clusterBytes;
}

/** Writes an image into a file that is all zeroes and as long as `capacityOf` says. Its backing file is named when it is opened. */
export function writeQcow2(file: Buffer, image: NewImage): void {
  const { clusterBytes } = image;
  const { clusters, entries, tables, firstTable, refcountBlocks } = planOf(image.bytes, clusterBytes);
  const l1 = (2 + refcountBlocks) * clusterBytes;
  let used = firstTable + tables;
  writeHeader(file, image, l1, tables);
  for (let t = 0; t < tables; t++) writeEntry(file, l1 + 8 * t, (firstTable + t) * clusterBytes, COPIED);
  for (let c = 0; c < clusters; c++) {
    const data = image.cluster(c);
    const entry = (firstTable + Math.floor(c / entries)) * clusterBytes + 8 * (c % entries);
    if (data === 'zero') writeEntry(file, entry, 0, READS_AS_ZERO);
    if (!Buffer.isBuffer(data)) continue;
    data.copy(file, used * clusterBytes);
    writeEntry(file, entry, used++ * clusterBytes, COPIED);
  }
  for (let b = 0; b < refcountBlocks; b++) writeEntry(file, clusterBytes + 8 * b, (2 + b) * clusterBytes, 0n);
  for (let c = 0; c < used; c++) file.writeUInt16BE(1, 2 * clusterBytes + REFCOUNT_BYTES * c);
}

function writeHeader(file: Buffer, { bytes, clusterBytes }: NewImage, l1: number, tables: number): void {
  file.write('QFI\xfb', 0, 'latin1');
  file.writeUInt32BE(3, 4);
  file.writeUInt32BE(Math.log2(clusterBytes), 20);
  file.writeBigUInt64BE(BigInt(bytes), 24);
  file.writeUInt32BE(tables, 36);
  file.writeBigUInt64BE(BigInt(l1), 40);
  file.writeBigUInt64BE(BigInt(clusterBytes), 48); // the refcount table, which is one cluster
  file.writeUInt32BE(1, 56);
  file.writeUInt32BE(4, 96); // refcounts of 2^4 bits
  file.writeUInt32BE(HEADER_BYTES, 100);
}

const writeEntry = (file: Buffer, at: number, offset: number, flags: bigint): unknown => file.writeBigUInt64BE(BigInt(offset) | flags, at);

/** What an image has for a byte of the disk, and where in the file it is if it is data. @param file of which QEMU has let go */
export function lookUp(file: Buffer, offset: number): { state: ClusterState; at: number } {
  const clusterBytes = 2 ** file.readUInt32BE(20);
  const entries = clusterBytes / 8;
  const cluster = Math.floor(offset / clusterBytes);
  const table = Number(file.readBigUInt64BE(Number(file.readBigUInt64BE(40)) + 8 * Math.floor(cluster / entries)) & OFFSET_MASK);
  if (table === 0) return { state: 'below', at: 0 };
  const entry = file.readBigUInt64BE(table + 8 * (cluster % entries));
  if ((entry & READS_AS_ZERO) !== 0n) return { state: 'zero', at: 0 };
  const data = Number(entry & OFFSET_MASK);
  return data === 0 ? { state: 'below', at: 0 } : { state: 'data', at: data + (offset % clusterBytes) };
}
