interface InName {
  readonly inNameOf?: number;
}

export interface Rejectable {
  readonly you: {
    readonly mayReject: boolean;
    readonly rejectInNameOf: readonly { readonly userId: number; readonly login: string }[];
  };
}

/** As whom something is done: nobody is named for oneself. */
export const nameOf = (chosen: string): InName => (chosen === '' ? {} : { inNameOf: Number(chosen) });

export const mayReject = ({ you }: Rejectable): boolean => you.mayReject || you.rejectInNameOf.length > 0;

/** As whom a call is stopped: as was chosen, oneself where one may, otherwise the first person who has given their votes. */
export function rejectingAs({ you }: Rejectable, chosen = ''): InName {
  const [first] = you.rejectInNameOf;
  if (chosen !== '') return nameOf(chosen);
  return you.mayReject || first === undefined ? {} : { inNameOf: first.userId };
}
