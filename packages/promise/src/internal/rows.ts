/** Converts a caller's rows to a stream. */
import { Stream } from "effect"
import type { BatchOptions, MemberBatch, RowBatch } from "../Invitation.ts"
import { InvalidOptionError } from "../InviteError.ts"
import { checkFunction, checkInteger } from "./checks.ts"
import { impatient } from "./impatient.ts"

export interface Rows<Row> {
  readonly options: BatchOptions
  readonly rows: Stream.Stream<Row>
  readonly member: (row: Row) => string
}

type Source<A> = Iterable<A> | AsyncIterable<A>

/** Throws an `InvalidOptionError` for an invalid batch. */
export const rowsOf = <Row>({ member, rows, ...options }: RowBatch<Row>): Rows<Row> => {
  checkFunction("member", member ?? null)
  return { options: checked(options), rows: streamOf("rows", rows, options), member }
}

/** The same for a batch whose rows are the members. */
export const membersOf = ({ members, ...options }: MemberBatch): Rows<string> => ({
  options: checked(options),
  rows: streamOf("members", members, options),
  member: (member) => member
})

const checked = (options: BatchOptions): BatchOptions => {
  checkInteger("chunkSize", options.chunkSize, 1)
  checkInteger("concurrency", options.concurrency, 1)
  return options
}

/** An error of the iterable is the caller's, and is passed on unchanged. */
const streamOf = <A>(
  name: string,
  source: Source<A>,
  { chunkSize = 100 }: BatchOptions
): Stream.Stream<A> => {
  if (typeof source !== "object" || source === null) {
    throw new InvalidOptionError(`\`${name}\` must be an iterable or an async iterable, such as an array`)
  }
  if (Symbol.asyncIterator in source)
    return Stream.orDie(Stream.fromAsyncIterable(impatient(source), (error) => error))
  if (Symbol.iterator in source) return Stream.fromIterable(source, { chunkSize })
  throw new InvalidOptionError(`\`${name}\` must be an iterable or an async iterable, such as an array`)
}
