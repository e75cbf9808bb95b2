/** SHA-256 continued from a hash, without what was hashed: the attack on plain hashes with a secret in front. */
const primes = (count: number): ReadonlyArray<number> => {
  const found: Array<number> = []
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n)
  return found
}
const constants = primes(64).map((prime) => Math.floor((Math.cbrt(prime) % 1) * 2 ** 32))
const rotate = (value: number, by: number): number => (value >>> by) | (value << (32 - by))

/** One block of SHA-256 (FIPS 180-4, section 6.2.2). */
const compress = (state: ReadonlyArray<number>, block: Buffer): Array<number> => {
  const w = Array.from({ length: 16 }, (_, index) => block.readUInt32BE(index * 4))
  for (let t = 16; t < 64; t++) {
    const [a = 0, b = 0] = [w[t - 15], w[t - 2]]
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10)
    w.push(((w[t - 16] ?? 0) + s0 + (w[t - 7] ?? 0) + s1) | 0)
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let t = 0; t < 64; t++) {
    const one =
      (h +
        (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
        ((e & f) ^ (~e & g)) +
        (constants[t] ?? 0) +
        (w[t] ?? 0)) |
      0
    const two = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0]
  }
  return [a, b, c, d, e, f, g, h].map((value, index) => (value + (state[index] ?? 0)) | 0)
}

const paddingOf = (length: number): Buffer => {
  const padding = Buffer.alloc(((119 - (length % 64)) % 64) + 9)
  padding[0] = 0x80
  padding.writeUInt32BE(length * 8, padding.length - 4)
  return padding
}

/** The hash of what was hashed, its padding and more, from the hash and the length of what was hashed. */
export const extend = (
  hash: string,
  length: number,
  more: Buffer
): { readonly glue: Buffer; readonly hash: string } => {
  const glue = paddingOf(length)
  const total = length + glue.length + more.length
  const rest = Buffer.concat([more, paddingOf(total)])
  let state: Array<number> = Array.from({ length: 8 }, (_, index) =>
    Buffer.from(hash, "hex").readInt32BE(index * 4)
  )
  for (let start = 0; start < rest.length; start += 64)
    state = compress(state, rest.subarray(start, start + 64))
  return { glue, hash: state.map((value) => (value >>> 0).toString(16).padStart(8, "0")).join("") }
}
