/** Reads Postgres' `bigint` as a number, as SQLite returns its integers. No integer in the tables reaches 2^53. */
import { Result } from "effect"
import { PgTypes } from "@effect/sql-pg"

/** The object ids of `bigint` and `bigint[]` in Postgres' catalog. */
const [bigint, bigintArray] = [20, 1016]

const read = (bytes: Uint8Array, offset: number): Result.Result<number, PgTypes.CodecError> => {
  const value = Number(new DataView(bytes.buffer, bytes.byteOffset + offset, 8).getBigInt64(0))
  return Number.isSafeInteger(value)
    ? Result.succeed(value)
    : Result.fail(new PgTypes.CodecError({ message: "A bigint is beyond 2^53" }))
}

const write = (value: number | bigint): Result.Result<Uint8Array, PgTypes.CodecError> => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value))
  return Result.succeed(bytes)
}

export const types: PgTypes.Registry = PgTypes.makeRegistry()
types.register<number | bigint>(
  bigint,
  { encode: write, decode: (bytes) => read(bytes, 0), read },
  { arrayOid: bigintArray }
)
