/** A QEMU for case after case: one process, until a case has gone wrong in it; then the next one gets a fresh one. */
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import type { TestHooks } from './actors.ts';
import { type CaseResult, runCase } from './case.ts';
import type { Capabilities } from '../daemon/capabilities.ts';
import { Daemon } from '../daemon/daemon.ts';
import { STORAGE_DAEMON } from '../daemon/storage-daemon.ts';
import type { Start } from '../../../validate/start.ts';
import type { Picker } from './picker.ts';

export class Host {
  readonly version: string;
  readonly capabilities: Capabilities;
  readonly #binary: string;
  #daemon: Daemon | null;

  private constructor(binary: string, daemon: Daemon) {
    this.#binary = binary;
    this.#daemon = daemon;
    this.version = daemon.version;
    this.capabilities = daemon.capabilities;
  }

  /** @throws QemuGone with one line that says why there is none */
  static async start(binary: string = STORAGE_DAEMON): Promise<Host> {
    return new Host(binary, await Daemon.start(binary));
  }

  /** Runs a case. @throws QemuGone if QEMU ends other than by a fault of its own, or does not come to rest */
  async run(scenario: Scenario, start: Start, picker: Picker, hooks: TestHooks = {}): Promise<CaseResult> {
    this.#daemon ??= await Daemon.start(this.#binary);
    let isFine = false;
    try {
      const result = await runCase(this.#daemon, scenario, start, picker, hooks);
      isFine = result.violation === null;
      return result;
    } finally {
      if (!isFine) await this.stop();
    }
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop();
    this.#daemon = null;
  }
}
