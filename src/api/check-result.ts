/** What `check` returns: how much was run. */
export interface CheckResult {
  readonly schedules: number;
  readonly steps: number;
  readonly scenarios: number;
  /** Runs that came to their limit of steps: neither success nor failure. */
  readonly cutOff: number;
  readonly seconds: number;
  readonly seed: string;
}
