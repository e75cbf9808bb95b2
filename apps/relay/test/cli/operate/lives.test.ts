/** The Lives by the command line: their lists, their titles in a search, and the export of their people. */
import { describe, expect } from "@effect/vitest"
import { Effect } from "effect"
import { deliver, until } from "../../harness.ts"
import { bothWays, signUp } from "../harness.ts"

const alice = "alice@example.com"

describe("usher lives", () => {
  bothWays("lists a Live by its id, with its counts, while the upstream has not been asked", (run, relay) =>
    Effect.gen(function* () {
      expect((yield* run("lives", "list")).stdout).toBe("No Lives yet.")
      yield* signUp(relay, alice)
      const { code, stdout } = yield* run("lives", "list")
      expect(code).toBe(0)
      expect(stdout).toMatch(/live-svix .*main .*1 +1 +0 +0 +0 +0 +none waiting/)
      const { items } = JSON.parse((yield* run("lives", "list", "--json")).stdout)
      expect(items).toMatchObject([
        { liveId: "live-svix", title: null, requested: 1, sent: 1, outlook: "sent" }
      ])
      expect(yield* run("lives", "list", "--parked", "--after", "x")).toMatchObject({ code: 2 })
    })
  )
})

describe("usher search", () => {
  bothWays(
    "finds a Live by its title, people by a part of the address, and an invitation by its id",
    (run, relay) =>
      Effect.gen(function* () {
        const id = yield* signUp(relay, alice)
        yield* relay.sql`UPDATE lives SET title = ${"Product\u202e demo"}`
        expect((yield* run("search", "product")).stdout).toMatch(
          /^ Live +Title +Spot +Begins.*\n.*\n live-svix +Product\\u\{202E\} demo +main +-/
        )
        expect((yield* run("search", "lice@exam")).stdout).toMatch(/^ Person.*\n.*\n alice@example\.com/)
        expect((yield* run("search", id)).stdout).toContain(`${id} `)
        expect((yield* run("search", "msg_alice")).stdout).toMatch(/svix .*msg_alice .*mapped/)
        const { lives, people } = JSON.parse((yield* run("search", "product", "--json")).stdout)
        expect(lives).toMatchObject([{ liveId: "live-svix", spot: "main" }])
        expect(people).toEqual([])
        expect(yield* run("search", "nothing of the kind")).toMatchObject({
          code: 3,
          stderr: "Nothing found for nothing of the kind."
        })
        expect(yield* run("search", "o'hara@example.com")).toMatchObject({
          code: 3,
          stderr: `Nothing found for o'hara@example.com. For a whole address: usher why 'o'\\''hara@example.com'`
        })
        expect((yield* run("search", "@example.org")).stderr).toBe("Nothing found for @example.org.")
      })
  )
})

describe("usher stats and usher lives list --parked", () => {
  bothWays("name a parked Live by its id and its title", (run, relay) =>
    Effect.gen(function* () {
      yield* relay.fault(404, { times: 100 })
      yield* deliver(relay.url, "svix", { email: alice })
      yield* until(relay.viewer.lives.parked(), (lives) => lives.length === 1)
      yield* relay.sql`UPDATE lives SET title = 'Product demo'`
      expect((yield* run("lives", "list", "--parked")).stdout).toMatch(/live-svix +Product demo +main/)
      const { stdout } = yield* until(run("stats"), ({ stdout }) => stdout.includes("Its title"))
      expect(stdout).toContain("so it is parked. Its title: Product demo.")
    })
  )
})

describe("usher export", () => {
  bothWays("prints who was invited, and others by their outcome, and leaves an audit entry", (run, relay) =>
    Effect.gen(function* () {
      yield* signUp(relay, alice)
      yield* relay.fault(400)
      yield* signUp(relay, "=1+2@example.com", "rejected")
      const sent = yield* run("export", "--live", "live-svix")
      expect(sent.code).toBe(0)
      const [heading, row, ...others] = sent.stdout.split("\n")
      expect(heading).toBe("Person,Status,Requested,Ended,Attempts,Last error,Source,Live,Spot,Invitation")
      expect(row).toMatch(/^alice@example.com,invited,\d{4}-\S+Z,\d{4}-\S+Z,1,,svix,live-svix,main,inv_\w+$/)
      expect(others).toEqual([])
      const failed = yield* run("export", "--live", "live-svix", "--which", "failed")
      expect(failed.stdout).toMatch(/\n'=1\+2@example.com,rejected,.*,MalformedPayload,/)
      const json = yield* run("export", "--live", "live-svix", "--which", "all", "--json")
      const people = json.stdout.split("\n").map((line) => JSON.parse(line))
      expect(people.map(({ member }) => member).toSorted()).toEqual(["=1+2@example.com", alice])
      expect(
        yield* run("export", "--live", "live-svix", "--spot", "main", "--which", "expired")
      ).toMatchObject({
        code: 0,
        stdout: heading
      })
      expect(yield* run("export", "--live", "live-svix", "--spot", "other")).toMatchObject({
        code: 3,
        stdout: "",
        stderr: expect.stringContaining("No invitations to the Live live-svix by the Spot other.")
      })
      const log = yield* until(
        relay.viewer.audit.list({ query: { what: "lives.export" } }),
        ({ items }) => items.length === 4 && items.every(({ result }) => result.startsWith("done"))
      )
      expect(log.items.map(({ result }) => result)).toEqual(["done: 0", "done: 2", "done: 1", "done: 1"])
      expect(log.items[0]?.parameters).toMatchObject({ liveId: "live-svix", spot: "main" })
    })
  )
})
