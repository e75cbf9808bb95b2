/**
 * Invites everybody in a CSV file: `node importCsv.ts --live 3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10 guests.csv`.
 *
 * The file is read twice, and never held in memory: first to count and to check it, then to invite. Whoever was invited
 * by a run that broke off is counted as `AlreadyInvited` by the next.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { LiveParticipants } from "@usher/core"
import { Console, Effect, FileSystem, Layer, Schema, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Csv } from "effect/encoding"

/** The columns that matter; others may stand beside them. */
const Guest = Schema.Struct({ email: Schema.Trim })

const guests = (file: string) =>
  Stream.unwrap(Effect.map(FileSystem.FileSystem, (files) => files.stream(file))).pipe(
    Stream.pipeThroughChannel(Csv.decodeSchema(Guest)({ headers: true, ignoreEmptyLines: true })),
    Stream.map((guest) => guest.email)
  )

const importCsv = Effect.fn("importCsv")(function* (liveId: string, file: string) {
  const participants = yield* LiveParticipants.LiveParticipants
  const total = yield* Stream.runCount(guests(file))

  const tally = yield* participants.inviteMany({ liveId, members: guests(file) }).pipe(
    Stream.zipWithIndex,
    Stream.tap(([result, index]) =>
      result._tag === "Rejected" ? Console.log(`guest ${index + 1}: ${result.error.message}`) : Effect.void
    ),
    Stream.tap(([, index]) =>
      (index + 1) % 100 === 0 ? Console.log(`${index + 1} of ${total}`) : Effect.void
    ),
    Stream.runFold(
      () => ({ Invited: 0, AlreadyInvited: 0, Undecodable: 0, Rejected: 0, Unanswered: 0 }),
      (tally, [{ _tag }]) => ({ ...tally, [_tag]: tally[_tag] + 1 })
    )
  )
  yield* Console.log(JSON.stringify(tally))
})

const command = Command.make(
  "importCsv",
  { live: Flag.String("live"), file: Argument.File("file", { mustExist: true }) },
  ({ live, file }) => importCsv(live, file)
)

const MeltingSpot = LiveParticipants.layerConfig().pipe(Layer.provide(NodeHttpClient.layerUndici))

Command.run(command, { version: "1.0.0" }).pipe(
  Effect.provide([MeltingSpot, NodeServices.layer]),
  NodeRuntime.runMain
)
