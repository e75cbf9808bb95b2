import { type Equivalent, of } from "./Equivalent.ts"

export const settle: ReadonlyArray<Equivalent> = [
  ...of(
    "packages/engine/src/store/settle/settle.ts",
    "Only the order in which rows are locked: no result differs. Where two relays wait for each other, Postgres ends one transaction, which is tried again.",
    [")", ".toSorted((a, b) => (a.claim.id < b.claim.id ? -1 : 1))", ""],
    [".toSorted((a, b) => (a.claim.id < b.claim.id ? -1 : 1))", "a.claim.id < b.claim.id ? -1 : 1", "-1"],
    [".toSorted((a, b) => (a.claim.id < b.claim.id ? -1 : 1))", "a.claim.id < b.claim.id ? -1 : 1", "1"],
    [
      ".toSorted((a, b) => (a.claim.id < b.claim.id ? -1 : 1))",
      "(a.claim.id < b.claim.id",
      "(a.claim.id <= b.claim.id"
    ]
  ),
  ...of(
    "packages/engine/src/store/settle/settle.ts",
    "The time of each Spot was asked for just before: the default is never taken.",
    [
      "outcomes.map((outcome) => endingOf(outcome, traceId, now, times.get(outcome.claim.spot) ?? now))",
      "times.get(outcome.claim.spot) ?? now",
      "times.get(outcome.claim.spot)"
    ]
  ),
  ...of(
    "packages/engine/src/store/settle/settle.ts",
    "No row is new or old at a place that is not there: undefined, -1 and -2 alike.",
    [
      "settled: settled.map((all, at) => (isNew[places.get(at) ?? -1] === false ? all.map(() => true) : all)),",
      "places.get(at) ?? -1",
      "places.get(at)"
    ],
    [
      "settled: settled.map((all, at) => (isNew[places.get(at) ?? -1] === false ? all.map(() => true) : all)),",
      "-1]",
      "-2]"
    ]
  ),
  ...of(
    "packages/engine/src/store/settle/settle.ts",
    "Only how often it is tried: a call that could not be written alone is tried once more, and fails as before.",
    [
      "settlements.length === 1 ? Effect.succeed([Result.fail(error)]) : Effect.forEach(settlements, alone)",
      "settlements.length === 1 ? Effect.succeed([Result.fail(error)]) : Effect.forEach(settlements, alone)",
      "Effect.forEach(settlements, alone)"
    ]
  ),
  ...of("packages/engine/src/store/settle/settle.ts", "An error without an answer has undefined there.", [
    'return error !== null && "answer" in error && error.answer !== undefined ? text(error.answer) : null',
    'error !== null && "answer" in error',
    "error !== null"
  ])
]
