import { createContext, useContext } from 'react';

const Insist = createContext(false);

/** Tells the fields of a dialog that it was to be sent. */
export const InsistProvider = Insist.Provider;

/** Whether the dialog was to be sent: then each field shows what is wrong with it. */
export function useInsist(): boolean {
  return useContext(Insist);
}
