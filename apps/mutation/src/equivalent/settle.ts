import { type Equivalent, of } from "./Equivalent.ts"

export const settle: ReadonlyArray<Equivalent> = [
  ...of(
    "packages/engine/src/store/settle/settle.ts",
    "Only the order in which rows are locked: no result differs. Where two relays wait for each other, Postgres ends one transaction, which is tried again.",
    [
      "locked AS MATERIALIZED (SELECT id FROM invitations WHERE id IN (SELECT id FROM ended) ORDER BY id ${toChange})",
      "BY id ${toChange})",
      "BY id DESC ${toChange})"
    ],
    [")", ".toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))", ""],
    [".toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))", "String(a) < String(b) ? -1 : 1", "-1"],
    [".toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))", "String(a) < String(b) ? -1 : 1", "1"],
    [
      ".toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))",
      "(String(a) < String(b)",
      "(String(a) <= String(b)"
    ]
  ),
  ...of(
    "packages/engine/src/store/settle/settle.ts",
    "The join only has the rows locked first: `locked` holds all of `ended` that are there, and a row that is paired more than once is updated once.",
    [
      "FROM ended, locked WHERE locked.id = ended.id AND invitations.id = ended.id AND invitations.lease = ended.lease",
      "locked.id = ended.id",
      "(locked.id = ended.id OR 1 = 1)"
    ]
  ),
  ...of("packages/engine/src/store/settle/settle.ts", "What does not wait has no `burnt`.", [
    "waits && next.burnt ? 1 : 0,",
    "waits && next.burnt",
    "next.burnt"
  ]),
  ...of(
    "packages/engine/src/store/settle/settle.ts",
    "Both are stored as NULL.",
    ["errorOf(result)?._tag ?? null,", "errorOf(result)?._tag ?? null", "errorOf(result)?._tag"],
    [
      "outcomes.map(({ result }) => answerOf(result)).find((answer) => answer !== null) ?? null,",
      "outcomes.map(({ result }) => answerOf(result)).find((answer) => answer !== null) ?? null",
      "outcomes.map(({ result }) => answerOf(result)).find((answer) => answer !== null)"
    ]
  ),
  ...of(
    "packages/engine/src/store/settle/settle.ts",
    "The time of each Spot was asked for just before: the default is never taken.",
    [
      "outcomes.map((outcome) => rowOf(outcome, traceId, now, times.get(outcome.claim.spot) ?? now))",
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
