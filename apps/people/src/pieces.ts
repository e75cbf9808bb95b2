/** Splits the people of a file into the pieces of an import. */
import { Stream } from "effect"
import { Imports } from "@usher/admin"
import * as Distinct from "./distinct.ts"
import { type Reading, rows } from "./rows.ts"

/** Each person once. A repeated import makes the same pieces, which the relay recognizes for 24 hours. */
export const pieces = (reading: Reading) =>
  Stream.suspend(() => {
    const isNew = Distinct.make()
    return rows(reading).pipe(
      Stream.map((row) => ("members" in row ? row.members.filter(isNew) : [])),
      Stream.flattenIterable,
      Stream.grouped(Imports.maxMembers)
    )
  })

/** Concurrent requests, so that a distant relay does not slow down the import. */
export const concurrency = 4
