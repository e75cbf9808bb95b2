/** `usher budget`: the used and the remaining calls of each Spot. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { Budget } from "@usher/admin"
import type { Concern } from "@usher/model/Concern"
import { accessFlags, AdminClient, withReadAccess } from "../support/access.ts"
import { holdText } from "../support/holds.ts"
import { count, length, lines, print, time } from "../support/print.ts"
import { table } from "../support/table.ts"

export const budget = Command.make(
  "budget",
  accessFlags,
  Effect.fnUntraced(function* ({ json }) {
    const client = yield* AdminClient
    const found = yield* client.budget.get()
    // How a pause ends, in the words of the other commands.
    const isPaused = found.some(({ hold }) => hold?.state === "paused")
    const concerns = isPaused && !json ? (yield* client.stats.now()).concerns : []
    yield* print(json, found, () =>
      found.length === 0
        ? "No Spot has a call budget."
        : found.map((one) => text(one, resumption(one.spot, concerns))).join("\n\n")
    )
  })
).pipe(
  Command.withDescription(
    "Show the used and remaining budget of each Spot in both windows, the current rate, when the 24-hour budget runs out, and when the pending invitations will be sent"
  ),
  Command.withExamples([
    { command: "usher budget", description: "Every Spot, from the database of usher.yaml" },
    { command: "usher budget --json", description: "For a script" }
  ]),
  Command.withShortDescription("Show the budget of each Spot, and when its backlog will be sent"),
  withReadAccess
)

/** How a paused Spot goes on. MeltingSpot's answer ends the pause of a refused key. */
const resumption = (spot: string, concerns: ReadonlyArray<Concern>): string => {
  const refused = concerns.find(({ kind, subject }) => kind === "key_refused" && subject.spot === spot)
  return refused === undefined ? `Nothing is sent until: usher spots resume ${spot}` : `${refused.next}.`
}

const text = (
  { spot, windows, pace, spentAt, hold, ...rest }: Budget.SpotBudget,
  resumption: string
): string =>
  lines([
    table(
      [`Spot ${spot}`, "Calls", "Spent", "Left", ""],
      windows.map(({ windowMs, calls, spent, left }) => [
        `in ${length(windowMs)}`,
        calls.toLocaleString("en"),
        spent.toLocaleString("en"),
        left.toLocaleString("en"),
        gauge(spent / calls)
      ])
    ),
    "",
    `${count(Math.round(pace), "call")} per hour (average of the last 10 minutes): ${longerText(windows, spentAt)}`,
    hold && holdText(spot, hold),
    pendingText(resumption, hold, rest)
  ])

const longerText = (windows: Budget.SpotBudget["windows"], spentAt: Budget.SpotBudget["spentAt"]): string => {
  const roomAt = Budget.roomAt({ windows })
  if (roomAt !== null) return `the longer window is used up. Next call: ${time(roomAt)}.`
  return spentAt === null
    ? "the longer window does not run out."
    : `the longer window runs out at ${time(spentAt)}.`
}

const pendingText = (
  resumption: string,
  hold: Budget.SpotBudget["hold"],
  {
    backlog,
    sendable,
    later,
    parked,
    isMore,
    clearAt
  }: Pick<Budget.SpotBudget, "backlog" | "sendable" | "later" | "parked" | "isMore" | "clearAt">
): string => {
  if (backlog === 0) return "No pending invitations."
  const parts = [
    sendable > 0 && `${sendable.toLocaleString("en")} due`,
    later > 0 && `${later.toLocaleString("en")} due later`,
    parked > 0 && `${parked.toLocaleString("en")} to parked Lives`
  ]
  const end =
    hold?.state === "paused"
      ? ` ${resumption}`
      : clearAt === null
        ? ""
        : ` ${isMore ? "Earliest" : "Estimated"} completion: ${time(clearAt)}.`
  return `${isMore ? "At least " : ""}${count(backlog, "invitation")} pending: ${lines(parts, ", ")}.${end}`
}

const width = 20

const gauge = (share: number): string => {
  const full = Math.min(width, Math.ceil(share * width))
  return `${"█".repeat(full)}${"░".repeat(width - full)} ${Math.round(share * 100)} %`
}
