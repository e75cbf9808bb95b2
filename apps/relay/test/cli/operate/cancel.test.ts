import { describe, expect } from "@effect/vitest"
import { Effect } from "effect"
import { deliver, until } from "../../harness.ts"
import { bothWays } from "../harness.ts"

describe("usher cancel", () => {
  bothWays(
    "shows its plan, cancels what waits, and a replay undoes it",
    (run, { url, operator, viewer, ledger }) =>
      Effect.gen(function* () {
        yield* operator.spots.pause({ params: { name: "main" }, payload: { reason: "a wrong import" } })
        for (const name of ["alice", "bob", "cleo"]) {
          yield* deliver(url, "svix", { email: `${name}@example.com` }, { id: `msg_${name}` })
        }
        yield* until(
          viewer.invitations.search({ payload: { status: ["pending"] } }),
          ({ items }) => items.length === 3
        )
        expect(yield* run("cancel", "--person", "alice@example.com", "--plan")).toMatchObject({
          code: 0,
          stdout: "1 pending invitation of 1 person to 1 Live."
        })
        expect((yield* run("cancel")).stderr).toContain("Nothing selected")
        expect((yield* run("cancel", "--all")).stderr).toContain("Confirm with --yes")
        const done = yield* run("cancel", "--person", "alice@example.com", "--yes", "--json")
        expect(JSON.parse(done.stdout)).toMatchObject({ plan: { invitations: 1, sending: 0 }, cancelled: 1 })
        expect((yield* run("cancel", "--source", "svix", "--yes")).stdout).toBe(
          "Canceled 2 invitations. To send them after all: usher replay --status cancelled --source svix"
        )
        const again = yield* run("cancel", "--all", "--yes")
        expect(again).toMatchObject({ code: 3 })
        expect(again.stderr).toContain("No matching pending invitations. Nothing was done.")
        expect(yield* run("cancel", "inv_none", "--yes")).toMatchObject({
          code: 3,
          stderr: "There is no invitation inv_none, or it was purged. Nothing was done."
        })

        const { items } = yield* viewer.invitations.search({ payload: { person: "alice@example.com" } })
        const id = String(items[0]?.id)
        expect((yield* run("invitations", "show", id)).stdout).toMatch(/settled +Canceled by operator \w+/)
        expect((yield* run("why", "alice@example.com")).stdout).toMatch(
          /No\. The invitation to the Live .* was canceled by operator \w+/
        )

        yield* operator.sources.pause({ params: { name: "svix" }, payload: {} })
        yield* deliver(url, "svix", { email: "dora@example.com" }, { id: "msg_dora" })
        expect((yield* run("cancel", "--source", "svix", "--yes")).stderr).toContain(
          "1 webhook is not mapped yet and may still create invitations: run the command again once they are mapped."
        )
        yield* operator.spots.resume({ params: { name: "main" } })
        expect((yield* run("replay", id, "--yes")).code).toBe(0)
        yield* until(ledger.state, ({ calls }) => calls.length === 1)
        yield* until(
          viewer.invitations.search({ payload: { status: ["invited"] } }),
          ({ items }) => items.length === 1
        )
        expect((yield* viewer.invitations.search({ payload: { status: ["cancelled"] } })).items).toHaveLength(
          2
        )
      })
  )
})
