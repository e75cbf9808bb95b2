/** Invites everybody in a CSV file of 250 rows, one of them no address, and prints how far it is. */
import { LiveParticipants } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { Effect, Schema, Stream } from "effect"
import { Csv } from "effect/encoding"
import { createReadStream, writeFileSync } from "node:fs"

const rows = Array.from({ length: 250 }, (_, index) => `Guest ${index},guest-${index}@example.com`)
writeFileSync("guests.csv", ["name,email", ...rows, "Nobody,nobody@"].join("\n"))

const Guest = Schema.Struct({ email: Schema.Trim })

const guests = Stream.fromAsyncIterable(createReadStream("guests.csv"), (cause) => cause).pipe(
  Stream.map((chunk: Uint8Array) => chunk),
  Stream.pipeThroughChannel(Csv.decodeSchema(Guest)({ headers: true, ignoreEmptyLines: true })),
  Stream.map(({ email }) => email)
)

const program = Effect.gen(function* () {
  const participants = yield* LiveParticipants.LiveParticipants
  const results = participants.inviteMany({ liveId: "live-1", members: guests })
  return yield* results.pipe(
    Stream.zipWithIndex,
    Stream.tap(([{ _tag }, index]) =>
      Effect.sync(() => {
        if (index % 100 === 99) console.log(`${index + 1} of 251`)
        if (_tag === "Rejected") console.log(`row ${index + 1}: ${_tag}`)
      })
    ),
    Stream.filter(([{ _tag }]) => _tag === "Invited"),
    Stream.runCount
  )
})

console.log(await Effect.runPromise(Effect.provide(program, LiveParticipantsTest.layerMemory())), "invited")
// Prints: 100 of 251
// Prints: 200 of 251
// Prints: row 251: Rejected
// Prints: 250 invited
