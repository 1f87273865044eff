/** Opens a browser, where there is a user who could look at one. */
import { spawn } from 'node:child_process';

/** Whether there is a terminal, and a desktop. */
export function hasDesktop(): boolean {
  const { env, platform, stdout } = process;
  return (
    stdout.isTTY &&
    (platform === 'darwin' || (platform === 'linux' && [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((display) => (display ?? '') !== '')))
  );
}

/** The address is printed, so where there is nothing that opens it, nothing is lost. */
export function openBrowser(address: string): void {
  const opener = spawn(process.platform === 'darwin' ? 'open' : 'xdg-open', [address], { detached: true, stdio: 'ignore' });
  opener.on('error', () => {});
  opener.unref();
}
