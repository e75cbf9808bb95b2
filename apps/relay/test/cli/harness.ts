/** Commands as a user runs them: on the database of a relay that runs, and through it. */
import { it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import type { HttpClient } from "effect/http"
import { TestConsole } from "effect/testing"
import { relay, type Relay, tokens } from "../admin/harness.ts"
import { deliver, isolated, until } from "../harness.ts"
import { usher } from "../usher.ts"

/** Runs one command. */
export type Run = (...args: ReadonlyArray<string>) => ReturnType<typeof usher>

const ways = {
  "on the database":
    ({ file, env }: Relay): Run =>
    (...args) =>
      usher([...args, "--config", file], env),
  "through the relay":
    ({ url }: Relay): Run =>
    (...args) =>
      usher(args, { USHER_URL: url, USHER_TOKEN: tokens.OPERATE_TOKEN })
}

/** The test both ways. */
export const bothWays = <E>(
  sentence: string,
  test: (run: Run, relay: Relay) => Effect.Effect<void, E, Scope.Scope | HttpClient.HttpClient>
) => {
  for (const [name, way] of Object.entries(ways)) {
    it.live(`${sentence}, ${name}`, () =>
      relay().pipe(
        Effect.flatMap((relay) => test(way(relay), relay)),
        Effect.provide(TestConsole.layer),
        isolated
      )
    )
  }
}

/** A sign-up whose invitation stands so. */
export const signUp = Effect.fnUntraced(function* (
  { url, viewer }: Relay,
  person: string,
  status: "invited" | "rejected" = "invited"
) {
  yield* deliver(url, "svix", { email: person }, { id: `msg_${person.split("@")[0]}` })
  const { items } = yield* until(viewer.invitations.search({ payload: { person } }), ({ items }) =>
    items.some((one) => one.status === status)
  )
  return String(items[0]?.id)
})
