import type { Destination } from './destination.js';

export type PostResult =
  { readonly kind: 'answered'; readonly status: number } | { readonly kind: 'failed'; readonly reason: string };

/** Sends one message; never rejects. */
export type Post = (
  destination: Destination,
  headers: Readonly<Record<string, string>>,
  body: string,
) => Promise<PostResult>;
