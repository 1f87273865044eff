/** The address of a broker: `--on`, or COWCHECK_ON, which no list of processes shows. */
import { FileError } from '../../files/text.ts';
import { type Address, addressOf } from '../../queue/address.ts';

/** @returns nothing, where none is given */
export function brokerAsked({ on = process.env['COWCHECK_ON'] }: { readonly on?: string }): { readonly on?: string } {
  return on === undefined || on === '' ? {} : { on };
}

/** @throws FileError if there is none, or it makes no sense */
export function addressAsked(flags: { readonly on?: string }): Address {
  const { on } = brokerAsked(flags);
  if (on === undefined) throw new FileError('no broker specified: add --on redis://HOST, or set COWCHECK_ON');
  return addressOf(on);
}
