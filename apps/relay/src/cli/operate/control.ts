/** `usher sources`, `usher spots` and `usher lives`: how they stand, and holding them up. */
import { Console, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { Sources, Spots } from "@usher/admin"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { Failed } from "../support/failure.ts"
import { count, listing, print, time } from "../support/print.ts"

const nameOf = (what: string) => Argument.String("name").pipe(Argument.withDescription(`Of the ${what}`))

const reasonText = "Why, for those who look at it later"

const listSources = Command.make(
  "list",
  accessFlags,
  Effect.fnUntraced(function* ({ json }) {
    const client = yield* AdminClient
    const found = yield* client.sources.list()
    yield* print(json, found, () =>
      listing(
        ["Source", "Sender", "Spot", "State", "Last received", "Held", "Unmappable, 24 h", "Quarantine"],
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
        "No source is configured."
      )
    )
  })
).pipe(Command.withDescription("All sources, with their state"), withAccess)

const stateOf = ({ state, pausedBy, reason }: Sources.Source) =>
  state === "active" ? state : `paused by ${pausedBy ?? "somebody"}${reason === null ? "" : `: ${reason}`}`

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
      () => `${name} is paused: what comes is accepted and held, until usher sources resume ${name}`
    )
  })
).pipe(
  Command.withDescription("Go on accepting, and hold what comes: nothing is mapped until it is resumed"),
  withAccess
)

const resumeSource = Command.make(
  "resume",
  { name: nameOf("source"), ...accessFlags },
  Effect.fnUntraced(function* ({ name, json }) {
    const client = yield* AdminClient
    const source = yield* client.sources.resume({ params: { name } })
    yield* print(json, source, () => `${name} is resumed: what was held is mapped, oldest first.`)
  })
).pipe(Command.withDescription("Map what was held, and what comes"), withAccess)

export const sources = Command.make("sources").pipe(
  Command.withDescription("Sources: how they stand, pause and resume them"),
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
        "No Spot is configured."
      )
    )
  })
).pipe(Command.withDescription("All Spots, with their state"), withAccess)

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
    yield* print(json, spot, () => `${waiting(spot)}; nothing is sent until usher spots resume ${name}`)
  })
).pipe(Command.withDescription("Send nothing with this Spot until it is resumed"), withAccess)

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
    "Send with this Spot again: ends a pause, a cooldown and an open circuit, and makes invitations that wait for their next attempt due at once"
  ),
  Command.withShortDescription("Send with this Spot again, whatever holds it up"),
  withAccess
)

const wordOf = (state: Spots.Spot["state"]) => (state === "circuit_open" ? "circuit open" : state)

const waiting = ({ name, state, backlog }: Spots.Spot) =>
  `${name} is ${state === "cooldown" ? "in cooldown" : wordOf(state)}, ${count(backlog, "invitation waits", "invitations wait")}`

export const spots = Command.make("spots").pipe(
  Command.withDescription("Spots, the MeltingSpot workspaces: how they stand, pause and resume them"),
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
        ["Live", "Spot", "Parked since", "Tried again"],
        found.map(({ liveId, spot, since, until }) => [liveId, spot, time(since), time(until)]),
        "No Live is parked."
      )
    )
  })
).pipe(
  Command.withDescription("Lives that MeltingSpot does not know: they are parked, with what waits for them"),
  withAccess
)

const unpark = Command.make(
  "unpark",
  {
    live: Argument.String("live").pipe(Argument.withDescription("The id of the Live")),
    spot: Flag.String("spot").pipe(
      Flag.optional,
      Flag.withDescription("Its Spot, where it is parked with several")
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
        message: `${liveId} is not parked: usher lives list shows what is.`
      })
    }
    for (const { spot, liveId } of parked) yield* client.lives.unpark({ payload: { spot, liveId } })
    yield* json
      ? Console.log(JSON.stringify(parked.map(({ spot, liveId }) => ({ spot, liveId }))))
      : Console.log(`${liveId} is tried again now, with what waits for it.`)
  })
).pipe(Command.withDescription("Try a parked Live again now, because it is there"), withAccess)

export const lives = Command.make("lives").pipe(
  Command.withDescription("Lives that are parked, because MeltingSpot does not know them"),
  Command.withSubcommands([listParked, unpark])
)
