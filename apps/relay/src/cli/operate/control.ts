/** `usher sources`, `usher spots` and `usher lives`: how they stand, and holding them up. */
import { Console, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { Sources, Spots } from "@usher/admin"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { Failed } from "../support/failure.ts"
import { count, listing, print, time } from "../support/print.ts"

const nameOf = (what: string) =>
  Argument.String("name").pipe(Argument.withDescription(`The name of the ${what}`))

const reasonText = "The reason, shown in lists and in the audit log"

const listSources = Command.make(
  "list",
  accessFlags,
  Effect.fnUntraced(function* ({ json }) {
    const client = yield* AdminClient
    const found = yield* client.sources.list()
    yield* print(json, found, () =>
      listing(
        [
          "Source",
          "Sender",
          "Spot",
          "State",
          "Last received",
          "Backlog",
          "Failed mappings, 24 h",
          "Quarantine"
        ],
        found.map((source) => [
          source.name,
          source.sender,
          source.spot,
          stateOf(source),
          time(source.lastReceivedAt),
          source.held,
          source.counters.unmappable,
          source.quarantined
        ]),
        "No sources configured."
      )
    )
  })
).pipe(Command.withDescription("List all sources with their state"), withAccess)

const stateOf = ({ state, pausedBy, reason }: Sources.Source) =>
  state === "active" ? state : `paused by ${pausedBy ?? "unknown"}${reason === null ? "" : `: ${reason}`}`

const pauseSource = Command.make(
  "pause",
  {
    name: nameOf("source"),
    reason: Flag.String("reason").pipe(Flag.optional, Flag.withDescription(reasonText)),
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ name, reason, json }) {
    const client = yield* AdminClient
    const payload = Option.match(reason, { onNone: () => ({}), onSome: (reason) => ({ reason }) })
    const source = yield* client.sources.pause({ params: { name }, payload })
    yield* print(
      json,
      source,
      () => `Paused ${name}. The relay accepts its webhooks and maps them after: usher sources resume ${name}`
    )
  })
).pipe(
  Command.withDescription(
    "Pause a source: the relay accepts its webhooks, and maps them only after it is resumed"
  ),
  withAccess
)

const resumeSource = Command.make(
  "resume",
  { name: nameOf("source"), ...accessFlags },
  Effect.fnUntraced(function* ({ name, json }) {
    const client = yield* AdminClient
    const source = yield* client.sources.resume({ params: { name } })
    yield* print(json, source, () => `Resumed ${name}. Its backlog is mapped, oldest first.`)
  })
).pipe(Command.withDescription("Resume a source: map its backlog and new webhooks"), withAccess)

export const sources = Command.make("sources").pipe(
  Command.withDescription("List, pause and resume sources"),
  Command.withSubcommands([listSources, pauseSource, resumeSource])
)

const listSpots = Command.make(
  "list",
  accessFlags,
  Effect.fnUntraced(function* ({ json }) {
    const client = yield* AdminClient
    const found = yield* client.spots.list()
    yield* print(json, found, () =>
      listing(
        ["Spot", "State", "Since", "Until", "Reason", "Pending", "Next due"],
        found.map(({ name, state, since, until, reason, backlog, nextDueAt }) => [
          name,
          wordOf(state),
          time(since),
          time(until),
          reason ?? "",
          backlog,
          time(nextDueAt)
        ]),
        "No Spots configured."
      )
    )
  })
).pipe(Command.withDescription("List all Spots with their state"), withAccess)

const pauseSpot = Command.make(
  "pause",
  {
    name: nameOf("Spot"),
    reason: Flag.String("reason").pipe(Flag.withDescription(reasonText)),
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ name, reason, json }) {
    const client = yield* AdminClient
    const spot = yield* client.spots.pause({ params: { name }, payload: { reason } })
    yield* print(json, spot, () => `${waiting(spot)}. To resume sending: usher spots resume ${name}`)
  })
).pipe(Command.withDescription("Pause a Spot: it sends nothing until it is resumed"), withAccess)

const resumeSpot = Command.make(
  "resume",
  { name: nameOf("Spot"), ...accessFlags },
  Effect.fnUntraced(function* ({ name, json }) {
    const client = yield* AdminClient
    const spot = yield* client.spots.resume({ params: { name } })
    yield* print(json, spot, () => waiting(spot))
  })
).pipe(
  Command.withDescription(
    "Resume sending with a Spot: end a pause, a cooldown or an open circuit, and make invitations that wait for a retry due now"
  ),
  Command.withShortDescription("End a pause, a cooldown or an open circuit"),
  withAccess
)

const wordOf = (state: Spots.Spot["state"]) => (state === "circuit_open" ? "circuit open" : state)

const waiting = ({ name, state, backlog }: Spots.Spot) =>
  `${name} is ${state === "cooldown" ? "in cooldown" : wordOf(state)}, ${count(backlog, "invitation")} pending`

export const spots = Command.make("spots").pipe(
  Command.withDescription("List, pause and resume Spots (MeltingSpot workspaces)"),
  Command.withSubcommands([listSpots, pauseSpot, resumeSpot])
)

const listParked = Command.make(
  "list",
  accessFlags,
  Effect.fnUntraced(function* ({ json }) {
    const client = yield* AdminClient
    const found = yield* client.lives.parked()
    yield* print(json, found, () =>
      listing(
        ["Live", "Spot", "Parked since", "Next probe"],
        found.map(({ liveId, spot, since, until }) => [liveId, spot, time(since), time(until)]),
        "No parked Lives."
      )
    )
  })
).pipe(
  Command.withDescription(
    "List the parked Lives, which MeltingSpot does not know, with their pending invitations"
  ),
  withAccess
)

const unpark = Command.make(
  "unpark",
  {
    live: Argument.String("live").pipe(Argument.withDescription("The id of the Live")),
    spot: Flag.String("spot").pipe(
      Flag.optional,
      Flag.withDescription("The Spot of the Live. Required if the Live is parked with several Spots")
    ),
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ live: liveId, spot, json }) {
    const client = yield* AdminClient
    const parked = (yield* client.lives.parked()).filter(
      (one) => one.liveId === liveId && Option.getOrElse(spot, () => one.spot) === one.spot
    )
    if (parked.length === 0) {
      return yield* new Failed({
        kind: "missing",
        message: `${liveId} is not parked. To list parked Lives: usher lives list`
      })
    }
    for (const { spot, liveId } of parked) yield* client.lives.unpark({ payload: { spot, liveId } })
    yield* json
      ? Console.log(JSON.stringify(parked.map(({ spot, liveId }) => ({ spot, liveId }))))
      : Console.log(`Unparked ${liveId}. Its pending invitations are sent again.`)
  })
).pipe(Command.withDescription("Resume a parked Live after it was created in MeltingSpot"), withAccess)

export const lives = Command.make("lives").pipe(
  Command.withDescription("List and resume parked Lives, which MeltingSpot does not know"),
  Command.withSubcommands([listParked, unpark])
)
