/** Options of WordPress's own, for reading alone: they are changed through its REST API. */
export interface CoreOptions {
  read(name: string): Promise<string | undefined>;
}
