const initialSize = 1 << 14;
/** Copies share buffers of this size: one buffer for each of many thousand costs the garbage collector more than the bytes do. */
const slabSize = 1 << 20;

/**
 * Writes protobuf's binary encoding back to front: last field first, and a message's content before its length. So a length is
 * known when it is to be written, without a pass that computes sizes and without moving what is there already.
 */
export class Writer {
  #buffer = Buffer.allocUnsafeSlow(initialSize);
  /** Where the written bytes begin; they reach to the buffer's end. */
  #start = initialSize;
  /** What is left of the slab that copies are put into. */
  #free = new Uint8Array(0);

  /** How many bytes are written. */
  get written(): number {
    return this.#buffer.length - this.#start;
  }

  /** Forgets what was written. */
  clear(): void {
    this.#start = this.#buffer.length;
  }

  /** A copy of the bytes that were written last. */
  copyOf(length: number): Uint8Array {
    if (this.#free.length < length) this.#free = new Uint8Array(Math.max(slabSize, length));
    const copy = this.#free.subarray(0, length);
    this.#free = this.#free.subarray(length);
    copy.set(this.#buffer.subarray(this.#start, this.#start + length));
    return copy;
  }

  /** A number from 0 to 2^32 - 1. */
  varint(value: number): void {
    if (value < 0x80) {
      this.#reserve(1);
      this.#buffer[this.#start] = value;
      return;
    }
    const size = value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5;
    this.#reserve(size);
    const buffer = this.#buffer;
    let at = this.#start;
    let rest = value;
    while (rest >= 0x80) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[at] = rest;
  }

  /** A number from 0 to 2^64 - 1. */
  varint64(value: bigint): void {
    if (value <= 0xffffffffn) {
      this.varint(Number(value));
      return;
    }
    let size = 5;
    while (value >> BigInt(7 * size)) {
      size += 1;
    }
    this.#reserve(size);
    let rest = value;
    for (let index = 0; index < size; index += 1) {
      this.#buffer[this.#start + index] = Number(rest & 0x7fn) | (index < size - 1 ? 0x80 : 0);
      rest >>= 7n;
    }
  }

  fixed32(value: number): void {
    this.#reserve(4);
    this.#buffer.writeUInt32LE(value, this.#start);
  }

  fixed64(value: bigint): void {
    this.#reserve(8);
    this.#buffer.writeBigUInt64LE(value, this.#start);
  }

  float(value: number): void {
    this.#reserve(4);
    this.#buffer.writeFloatLE(value, this.#start);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#buffer.writeDoubleLE(value, this.#start);
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#start);
  }

  /** UTF-8. The text must not hold half a surrogate pair. */
  text(value: string): void {
    const length = value.length;
    // For the short ASCII texts that configuration is full of, a loop beats the call into the runtime.
    if (length <= 48) {
      this.#reserve(length);
      const buffer = this.#buffer;
      const start = this.#start;
      let index = 0;
      for (; index < length; index += 1) {
        const code = value.charCodeAt(index);
        if (code >= 0x80) {
          break;
        }
        buffer[start + index] = code;
      }
      if (index === length) {
        return;
      }
      this.#start += length;
    }
    const size = Buffer.byteLength(value);
    this.#reserve(size);
    this.#buffer.write(value, this.#start, size, 'utf8');
  }

  /** Makes room before what is written. */
  #reserve(size: number): void {
    if (size > this.#start) {
      const old = this.#buffer.subarray(this.#start);
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, old.length + size));
      this.#start = this.#buffer.length - old.length;
      this.#buffer.set(old, this.#start);
    }
    this.#start -= size;
  }
}
