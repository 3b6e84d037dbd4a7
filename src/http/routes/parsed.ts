import { z } from 'zod';

/** Text that a parser of ours understands, or a malformed request. */
export const parsed = <T>(parse: (text: string) => T | undefined, message: string) =>
  z.string().transform((text, context) => {
    const value = parse(text);
    if (value === undefined) context.addIssue(message);
    return value as T;
  });
