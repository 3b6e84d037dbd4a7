/** Why bytes were refused. The offset counts bytes from the start. */
export type PhpRefusal =
  | 'too_large'
  | 'too_deep'
  | 'too_many_elements'
  | 'truncated'
  | 'syntax'
  | 'unsupported_type'
  | 'token_too_long'
  | 'not_canonical'
  | 'integer_range'
  | 'key_not_text'
  | 'trailing_bytes';

/** Thrown inside this folder alone; the decoder turns it into its result. */
export class Refused extends Error {
  readonly reason: PhpRefusal;
  readonly offset: number;

  constructor(reason: PhpRefusal, offset: number) {
    super(reason);
    this.reason = reason;
    this.offset = offset;
  }
}

/** A cursor over bytes that never reads past their end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  refuse(reason: PhpRefusal): never {
    throw new Refused(reason, this.#offset);
  }

  /** One byte as a character; '' at the end. */
  peek(): string {
    const byte = this.#bytes[this.#offset];
    return byte === undefined ? '' : String.fromCharCode(byte);
  }

  expect(text: string): void {
    for (const character of text) {
      if (this.peek() !== character) this.refuse(this.remaining === 0 ? 'truncated' : 'syntax');
      this.#offset += 1;
    }
  }

  /** The ASCII text before `end`, which is consumed too; refuses when it is longer than `limit` bytes. */
  until(end: string, limit: number): string {
    const stop = this.#bytes.indexOf(end.charCodeAt(0), this.#offset);
    if (stop === -1) this.refuse('truncated');
    if (stop - this.#offset > limit) this.refuse('token_too_long');
    const text = String.fromCharCode(...this.#bytes.subarray(this.#offset, stop));
    this.#offset = stop + 1;
    return text;
  }

  take(count: number): Uint8Array {
    if (count > this.remaining) this.refuse('truncated');
    const taken = this.#bytes.subarray(this.#offset, this.#offset + count);
    this.#offset += count;
    return taken;
  }
}
