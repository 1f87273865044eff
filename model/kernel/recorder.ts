/** What listens to the model's accesses while a step is being learned. */
export interface Recorder {
  read(cell: number): number;
  write(cell: number, value: number): void;
  move(to: number, from: number, plus: number): void;
  isZero(cell: number): boolean;
  same(a: number, b: number): boolean;
  isBelow(cell: number, bound: number): boolean;
}
