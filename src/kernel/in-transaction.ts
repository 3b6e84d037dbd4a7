/**
 * One database transaction: `work` gets stores bound to it and either everything it wrote is committed or nothing is.
 * A use case names the stores that it needs as `S`, so that a state change and its audit entry can't be parted.
 */
export type InTransaction<S> = <T>(work: (stores: S) => Promise<T>) => Promise<T>;
