/** `usher sources` and `usher spots`: list them, pause and resume. */
import { Effect, Struct } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Budget, type Sources, type Spots } from "@usher/admin"
import { act, type Client, query } from "../support/access.ts"
import { present } from "../support/filters.ts"
import { textFlag } from "../support/flags.ts"
import { capped, listing, minute, time } from "../support/print.ts"

const nameOf = (what: string) =>
  Argument.String("name").pipe(Argument.withDescription(`The name of the ${what}`))

const reasonText = "The reason, shown in lists and in the audit log"

const listSources = query(
  "list",
  {},
  (client) => client.sources.list(),
  (found) =>
    listing(
      found.map((source) => ({
        Source: source.name,
        Sender: source.sender,
        Spot: source.spot,
        State: stateOf(source),
        "Last received": minute(source.lastReceivedAt),
        Backlog: capped(source.held),
        "Failed mappings, 24 h": source.counters.unmappable.toLocaleString("en"),
        Quarantine: source.quarantined.toLocaleString("en")
      })),
      "No sources configured."
    )
).pipe(
  Command.withDescription("List all sources with their state"),
  Command.withExamples([
    { command: "usher sources list", description: "The state of every source" },
    { command: "usher sources list --json", description: "For a script" }
  ])
)

const stateOf = ({ state, pausedBy, reason }: Sources.Source) =>
  state === "active" ? state : `paused by ${pausedBy ?? "unknown"}${reason === null ? "" : `: ${reason}`}`

const pauseSource = act(
  "pause",
  { name: nameOf("source"), reason: textFlag("reason", reasonText) },
  (client, { name, reason }) => client.sources.pause({ params: { name }, payload: present({ reason }) }),
  (_, { name }) =>
    `Paused ${name}. The relay accepts its webhooks and maps them after: usher sources resume ${name}`
).pipe(
  Command.withDescription(
    "Pause a source: the relay accepts its webhooks, and maps them only after it is resumed"
  ),
  Command.withExamples([
    {
      command: "usher sources pause webinar-form --reason 'wrong form'",
      description: "Accept its webhooks, and map none of them"
    }
  ])
)

const resumeSource = act(
  "resume",
  { name: nameOf("source") },
  (client, params) => client.sources.resume({ params }),
  (_, { name }) => `Resumed ${name}. Its backlog is mapped, oldest first.`
).pipe(
  Command.withDescription("Resume a source: map its backlog and new webhooks"),
  Command.withExamples([
    { command: "usher sources resume webinar-form", description: "Map its backlog, oldest first" }
  ])
)

export const sources = Command.make("sources").pipe(
  Command.withDescription("List, pause and resume sources"),
  Command.withSubcommands([listSources, pauseSource, resumeSource])
)

/** The Spots, each with the time at which a budget that is used up has a call again, or null. */
const spotsOf = Effect.fnUntraced(function* (client: Client) {
  const budgets = yield* client.budget.get()
  return (yield* client.spots.list()).map((spot) => {
    const budget = budgets.find((one) => one.spot === spot.name)
    return Struct.assign(spot, { roomAt: budget === undefined ? null : Budget.roomAt(budget) })
  })
})

const listSpots = query("list", {}, spotsOf, (found) =>
  listing(
    found.map(({ name, state, since, until, reason, backlog, nextDueAt, roomAt }) => ({
      Spot: name,
      State: state === "active" && roomAt !== null ? "budget used up" : wordOf(state),
      Since: time(since),
      Until: time(until ?? roomAt),
      Reason: reason ?? "",
      Pending: capped(backlog),
      "Next due": time(nextDueAt)
    })),
    "No Spots configured."
  )
).pipe(
  Command.withDescription("List all Spots with their state"),
  Command.withExamples([
    { command: "usher spots list", description: "The state of every Spot, and what it waits for" }
  ])
)

const pauseSpot = act(
  "pause",
  { name: nameOf("Spot"), reason: Flag.String("reason").pipe(Flag.withDescription(reasonText)) },
  (client, { name, reason }) => client.spots.pause({ params: { name }, payload: { reason } }),
  (spot) => `${waiting(spot)}. To resume sending: usher spots resume ${spot.name}`
).pipe(
  Command.withDescription("Pause a Spot: it sends nothing until it is resumed"),
  Command.withExamples([
    {
      command: "usher spots pause main --reason 'Live postponed'",
      description: "Send nothing with this Spot"
    }
  ])
)

const resumeSpot = act(
  "resume",
  { name: nameOf("Spot") },
  (client, params) => client.spots.resume({ params }),
  (spot) => waiting(spot)
).pipe(
  Command.withDescription(
    "Resume sending with a Spot: end a pause, a cooldown or an open circuit, and make invitations that wait for a retry due now"
  ),
  Command.withExamples([{ command: "usher spots resume main", description: "After its key was corrected" }]),
  Command.withShortDescription("End a pause, a cooldown or an open circuit")
)

const wordOf = (state: Spots.Spot["state"]) => (state === "circuit_open" ? "circuit open" : state)

const waiting = ({ name, state, backlog }: Spots.Spot) =>
  `${name} is ${state === "cooldown" ? "in cooldown" : wordOf(state)}, ${capped(backlog)} ${backlog === 1 ? "invitation" : "invitations"} pending`

export const spots = Command.make("spots").pipe(
  Command.withDescription("List, pause and resume Spots (MeltingSpot workspaces)"),
  Command.withSubcommands([listSpots, pauseSpot, resumeSpot])
)
