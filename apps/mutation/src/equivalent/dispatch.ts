import { type Equivalent, of } from "./Equivalent.ts"

export const dispatch: ReadonlyArray<Equivalent> = [
  ...of(
    "packages/engine/src/dispatch/breaking.ts",
    "A circuit that opens is announced anew before it can be half open.",
    ["announced.delete(spot)", "announced.delete(spot)", "undefined"]
  ),
  ...of(
    "packages/engine/src/dispatch/breaking.ts",
    "The breaker takes a retryAfter that is undefined for none.",
    [
      "return CircuitBreaker.failure(retryAfter === undefined ? {} : { retryAfter })",
      "retryAfter === undefined ? {} : { retryAfter }",
      "{ retryAfter }"
    ]
  ),
  ...of(
    "packages/engine/src/dispatch/calling.ts",
    "No refusal is undefined.",
    [
      "if (tag === undefined || !refusals.has(tag)) yield* batches.answered(spot, now)",
      "tag === undefined || !refusals.has(tag)",
      "!refusals.has(tag)"
    ],
    [
      "splitting.answered(spot, call, { startedAt, isRefused: tag !== undefined && refusals.has(tag) })",
      "tag !== undefined && refusals.has(tag)",
      "refusals.has(tag)"
    ]
  ),
  ...of(
    "packages/engine/src/dispatch/calling.ts",
    "Where nothing is beyond, it counts as heeded from the start.",
    [
      "if (beyond !== undefined && !isHeeded) yield* heed(terms, beyond, now)",
      "beyond !== undefined && !isHeeded",
      "!isHeeded"
    ]
  ),
  ...of("packages/engine/src/dispatch/calling.ts", "Duration.millis takes NaN for no time.", [
    "const passed = (yield* monotonic) - (call.spend?.since ?? begun)",
    "call.spend?.since ?? begun",
    "call.spend?.since"
  ]),
  ...of(
    "packages/engine/src/dispatch/calling.ts",
    "A result that is undefined is taken for Unlisted where it is settled.",
    [
      'Effect.map((answers) => answers.map((answer): Result => answer ?? "Unlisted")),',
      'Effect.map((answers) => answers.map((answer): Result => answer ?? "Unlisted")),',
      ""
    ],
    [
      'Effect.map((answers) => answers.map((answer): Result => answer ?? "Unlisted")),',
      'answer ?? "Unlisted"',
      "answer"
    ]
  ),
  ...of("packages/engine/src/dispatch/calling.ts", "A call has at least one invitation.", [
    "if (first === undefined) return",
    "first === undefined",
    "false"
  ]),
  ...of("packages/engine/src/dispatch/calling.ts", "A participant has no field _tag.", [
    'typeof result === "object" && "_tag" in result ? result._tag : undefined',
    'typeof result === "object" && "_tag" in result',
    'typeof result === "object"'
  ]),
  ...of(
    "packages/engine/src/dispatch/calling.ts",
    "What goes beyond the invitations follows from an error, which all of a call share.",
    ["beyond ??= decided.beyond", "beyond ??= decided.beyond", "beyond = decided.beyond"]
  ),
  ...of(
    "packages/engine/src/dispatch/RetryPolicy.ts",
    "Every limit of about a century keeps the due time a valid date, and no test or relay lives that long.",
    ["const longestBackoff = Duration.days(36_500)", "Duration.days(36_500)", "Duration.days(36501)"]
  ),
  ...of(
    "packages/engine/src/dispatch/RetryPolicy.ts",
    "From the seventh refusal on the longest cooldown is shorter than either.",
    [
      "const own = Duration.min(Duration.times(firstCooldown, 2 ** Math.min(refusals - 1, 20)), longestCooldown)",
      "1, 20)),",
      "1, 21)),"
    ]
  ),
  ...of(
    "packages/engine/src/store/postgres/electing.ts",
    "One more look than there is news is a look as on any beat.",
    ["const news = yield* Queue.sliding<void>(1)", "Queue.sliding<void>(1)", "Queue.sliding<void>(2)"]
  ),
  ...of("packages/engine/src/store/postgres/electing.ts", "Each look takes 1 away before it reads it.", [
    "const { waited, kept } = candidates.get(spot) ?? { waited: 0, kept: 0 }",
    "kept: 0 }",
    "kept: 1 }"
  ]),
  ...of(
    "packages/engine/src/store/postgres/electionSession.ts",
    "Any number will do that all relays have in common.",
    ["const presence = 7_265_746", "= 7_265_746", "= 7265747"],
    ["const presence = 7_265_746", "= 7_265_746", "= 7265745"]
  ),
  ...of(
    "packages/engine/src/store/postgres/electionSession.ts",
    "The relay that asks holds this lock shared itself: no other session has it in another mode, and no other type of lock has a class of 0.",
    [
      "`SELECT count(*)::int, pg_backend_pid(), current_setting('transaction_read_only') FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted AND classid = 0",
      "locktype = 'advisory'",
      "(locktype = 'advisory' OR 1 = 1)"
    ],
    [
      "`SELECT count(*)::int, pg_backend_pid(), current_setting('transaction_read_only') FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted AND classid = 0",
      "mode = 'ShareLock'",
      "(mode = 'ShareLock' OR 1 = 1)"
    ]
  )
]
