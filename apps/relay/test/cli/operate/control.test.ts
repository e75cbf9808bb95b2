import { describe, expect } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { hostname } from "node:os"
import { deliver, until } from "../../harness.ts"
import { bothWays, signUp } from "../harness.ts"

const alice = "alice@example.com"

describe("usher why", () => {
  bothWays("tells a person's story in the order of time, with ids and traces", (run, relay) =>
    Effect.gen(function* () {
      const invitation = yield* signUp(relay, alice)
      const { code, stdout } = yield* run("why", "Alice@Example.com")
      expect(code).toBe(0)
      expect(stdout).toMatch(/^Alice@Example.com: Yes\. Invited to the Live live-svix\. \(.*Z\)$/m)
      expect(stdout).toMatch(/live-svix +invited +1/)
      expect(stdout).toMatch(/received +Webhook received from svix\n +wh_\w+ {2}trace [0-9a-f]{32}/)
      expect(stdout).toContain(invitation)
      expect(stdout).toMatch(/attempt +Attempt 1, status 201 after/)
      expect(stdout.indexOf("received")).toBeLessThan(stdout.indexOf("settled"))
      const { stdout: json } = yield* run("why", alice, "--json")
      expect(JSON.parse(json)).toMatchObject({ invitations: [{ id: invitation }], truncated: false })
    })
  )

  bothWays("finds a person however written, and shows what can't be seen", (run, relay) =>
    Effect.gen(function* () {
      const invitation = yield* signUp(relay, alice)
      for (const text of [
        "Alice <ALICE@example.com>",
        "alice@example.com\u200B",
        "mailto:alice@example.com"
      ]) {
        expect((yield* run("why", text)).stdout).toContain(invitation)
        expect((yield* run("invitations", "list", "--person", text)).stdout).toContain(invitation)
      }
      expect((yield* run("why", "alice@example.com\u200B")).stdout).toContain(
        "alice@example.com\\u{200B}: Yes."
      )
      const twin = "\u0430lice@example.com"
      yield* deliver(relay.url, "svix", { email: twin }, { id: "msg_twin" })
      const { stdout } = yield* until(run("invitations", "list", "--person", twin), ({ stdout }) =>
        stdout.includes("inv_")
      )
      expect(stdout).toContain("\u0430lice@example.com [U+0430]")
      expect((yield* run("why", "\u202Emoc.elpmaxe@live")).stderr).toContain(
        "Nothing is stored about \\u{202E}moc.elpmaxe@live"
      )
    })
  )

  bothWays("shows a body and its headers without what a terminal obeys", (run, relay) =>
    Effect.gen(function* () {
      const email = "alice@example.com"
      yield* deliver(relay.url, "svix", { email, name: "\u202Eecila\u202C \u009B31m" }, { id: "msg_bidi" })
      const { items } = yield* until(
        relay.viewer.webhooks.search({ payload: {} }),
        ({ items }) => items.length > 0
      )
      const id = items[0]?.id ?? ""
      const shown = (yield* run("webhooks", "show", id)).stdout
      expect(shown).toContain("\\u{202E}ecila\\u{202C} \\u{009B}31m")
      expect(shown).toMatch(new RegExp(`Received by +${hostname()}`))
      const json = (yield* run("webhooks", "show", id, "--json")).stdout
      expect(JSON.parse(JSON.parse(json).body.text)).toMatchObject({ name: "\u202Eecila\u202C \u009B31m" })
      for (const text of [shown, json]) expect(text).not.toMatch(/[\p{Cf}\u0080-\u009F]/u)
    })
  )

  bothWays(
    "answers in the first line, also where only a webhook that invited others names the person",
    (run, relay) =>
      Effect.gen(function* () {
        yield* relay.fault(400)
        yield* signUp(relay, alice, "rejected")
        const { stdout } = yield* run("why", alice)
        expect(stdout.split("\n")[0]).toMatch(
          /^alice@example\.com: No\. The invitation to the Live live-svix was rejected: .* \(.*Z\)$/
        )
        yield* deliver(
          relay.url,
          "svix",
          { email: "carol@example.com", host: "bob@example.com" },
          { id: "msg_2" }
        )
        yield* until(
          relay.viewer.invitations.search({ payload: { person: "carol@example.com" } }),
          ({ items }) => items.some(({ status }) => status === "invited")
        )
        expect((yield* run("why", "bob@example.com")).stdout).toContain(
          "bob@example.com: No. A webhook from svix names them, but all its invitations are for other people."
        )
        expect((yield* run("why", "bob@example.com", "--all")).code).toBe(0)
      })
  )

  bothWays("ends with 3 for somebody of whom nothing is known", (run) =>
    Effect.gen(function* () {
      const { code, stderr } = yield* run("why", "nobody@example.com")
      expect(code).toBe(3)
      expect(stderr).toContain("Nothing is stored about nobody@example.com")
    })
  )
})

describe("usher webhooks and usher invitations", () => {
  bothWays("list by what is asked for, page by page, and show one", (run, relay) =>
    Effect.gen(function* () {
      const invitation = yield* signUp(relay, alice)
      yield* signUp(relay, "bob@example.com")
      const found = yield* run(
        "webhooks",
        "list",
        "--person",
        alice,
        "--status",
        "mapped",
        "--from",
        "1 hour"
      )
      expect(found.stdout).toMatch(/wh_\w+ .* svix +mapped/)
      expect(found.stdout.match(/wh_/g)).toHaveLength(1)
      const [, webhook = ""] = /(wh_\w+)/.exec(found.stdout) ?? []
      expect((yield* run("webhooks", "show", webhook)).stdout).toContain(`"email": "${alice}"`)
      const page = yield* run("invitations", "list", "--limit", "1")
      expect(page.stdout).toContain("bob@example.com")
      const [, cursor = ""] = /More: --after (\S+)/.exec(page.stdout) ?? []
      const next = yield* run("invitations", "list", "--limit", "1", "--after", cursor, "--json")
      expect(JSON.parse(next.stdout)).toMatchObject({ items: [{ id: invitation }], next: null })
      const shown = yield* run("invitations", "show", invitation)
      expect(shown.stdout).toContain("Finished: invited")
      expect(yield* run("invitations", "show", "inv_none")).toMatchObject({
        code: 3,
        stderr: "There is no invitation inv_none, or it was purged."
      })
      expect((yield* run("invitations", "list", "--live", "other")).stdout).toBe("No matching invitations.")
    })
  )

  bothWays("say which webhook has the same delivery id and another body", (run, relay) =>
    Effect.gen(function* () {
      const bob = "bob@example.com"
      for (const email of [alice, bob]) yield* deliver(relay.url, "svix", { email }, { id: "one id" })
      const { items } = yield* until(
        relay.viewer.webhooks.search({ payload: { status: ["mapped"] } }),
        ({ items }) => items.length === 2
      )
      const [second, first] = items
      expect(second).toMatchObject({ deliveryId: "one id", firstWebhookId: first?.id })
      expect(first).toMatchObject({ deliveryId: "one id", firstWebhookId: null, release: null })
      const repeats = `same delivery id as ${first?.id}`
      const { stdout } = yield* run("webhooks", "list")
      expect(stdout).toContain(repeats)
      expect(stdout).toMatch(/ alice@example\.com +svix +mapped/)
      expect((yield* run("webhooks", "show", second?.id ?? "")).stdout).toContain(
        `${repeats}, different body`
      )
      expect((yield* run("why", bob)).stdout).toContain(
        `Same delivery id as webhook ${first?.id}, different body`
      )
      expect((yield* run("why", alice)).stdout).not.toContain("another body")
    })
  )

  bothWays("map again what could not be mapped", (run, relay) =>
    Effect.gen(function* () {
      yield* deliver(relay.url, "svix", { email: 5 })
      yield* until(
        relay.viewer.webhooks.search({ payload: { status: ["unmappable"] } }),
        ({ items }) => items.length === 1
      )
      expect(yield* run("webhooks", "remap", "--source", "token", "--yes")).toMatchObject({
        code: 0,
        stdout: "Nothing to do: 0 webhooks with the status unmappable."
      })
      const { code, stdout } = yield* run("webhooks", "remap", "--source", "svix", "--yes", "--json")
      expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, remapped: 1, plan: { webhooks: 1 } })
    })
  )
})

describe("usher replay", () => {
  bothWays("says in its plan that the Spot is paused", (run, relay) =>
    Effect.gen(function* () {
      yield* relay.fault(400)
      const id = yield* signUp(relay, alice, "rejected")
      yield* run("spots", "pause", "main", "--reason", "a test")
      expect((yield* run("replay", id, "--plan")).stdout).toMatch(
        /\nSpot main is paused since .+Z: a test\. The calls begin after that\.$/
      )
    })
  )

  bothWays("plans, wants a yes, sends again, and is in the audit log", (run, relay) =>
    Effect.gen(function* () {
      yield* relay.fault(400)
      const id = yield* signUp(relay, alice, "rejected")
      expect((yield* run("dead-letters")).stdout).toMatch(/1 +rejected +MalformedPayload +main +live-svix/)
      expect((yield* run("replay", id, "--plan")).stdout).toBe(
        "1 invitation of 1 person to 1 Live: 1 call to MeltingSpot; minimum duration: less than a second."
      )
      expect(yield* run("replay", id)).toMatchObject({ code: 2, stdout: "" })
      expect(yield* run("replay")).toMatchObject({ code: 2 })
      const { code, stdout } = yield* run("replay", id, "--yes")
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: "Queued 1 invitation. New webhooks have a higher priority."
      })
      expect((yield* run("replay", id, "--yes")).code).toBe(3)
      expect((yield* run("audit", "--what", "replays.invitations")).stdout).toMatch(/done: 1/)
    })
  )
})

describe("usher replay by ids", () => {
  bothWays("sends what was expired or canceled, and says why it sends nothing", (run, relay) =>
    Effect.gen(function* () {
      yield* relay.fault(400, { times: 2 })
      const first = yield* signUp(relay, alice, "rejected")
      const second = yield* signUp(relay, "bob@example.com", "rejected")
      yield* relay.sql`UPDATE invitations SET status = 'expired' WHERE id = ${first}`
      yield* relay.sql`UPDATE invitations SET status = 'cancelled' WHERE id = ${second}`
      const { invitation } = yield* relay.viewer.invitations.get({ params: { id: first } })
      const webhook = String(invitation.webhookIds[0])
      expect((yield* run("replay", first, second, "--plan")).stdout).toContain("2 invitations of 2 people")
      expect((yield* run("replay", webhook, "--plan")).stdout).toContain("1 invitation of 1 person")
      expect((yield* run("replay", "--all", "--plan")).stdout).toBe(
        "No matching dead letter invitations. Nothing was done."
      )

      expect(yield* run("replay", first, "inv_no", "inv_none", "--yes")).toMatchObject({
        code: 3,
        stdout: "",
        stderr: "There are no invitations inv_no, inv_none, or they were purged. Nothing was done."
      })
      expect(yield* run("replay", "wh_none", "--yes")).toMatchObject({
        code: 3,
        stderr: "There is no webhook wh_none, or it was purged. Nothing was done."
      })

      const expiring = (at: number) =>
        relay.sql`UPDATE invitations SET status = 'expired', expires_at = ${at}`
      yield* relay.sql`UPDATE invitations SET expires_at = 1 WHERE id = ${first}`
      expect(yield* run("replay", "--status", "expired", "--yes")).toMatchObject({
        code: 3,
        stderr: "1 expired invitation matches, but its deadline has passed: it can't be sent."
      })
      yield* expiring(1)
      expect(yield* run("replay", first, second, "--plan")).toMatchObject({
        code: 0,
        stdout:
          "2 rejected, exhausted, expired or cancelled invitations match, but their deadline has passed: they can't be sent."
      })
      yield* expiring(Date.now() + 86_400_000)
      expect((yield* run("replay", first, second, "--yes")).stdout).toContain("Queued 2 invitations.")
    })
  )
})

describe("usher forget and usher purge", () => {
  bothWays("take a time with its zone, and a day as its beginning in UTC", (run) =>
    Effect.gen(function* () {
      const before = (time: string) => run("purge", "--before", time, "--all", "--plan")
      const withoutZone = yield* before("2020-01-01T18:00:00")
      expect(withoutZone).toMatchObject({ code: 2 })
      expect(withoutZone.stderr).toContain("a time with its zone: add Z for UTC, or an offset such as +02:00")
      expect((yield* before("2020-01-01T18:00+02:00")).stdout).toContain(
        "before 2020-01-01T16:00:00Z: 0 invitations"
      )
      expect((yield* before("2020-01-01")).stdout).toContain("before 2020-01-01T00:00:00Z: 0 invitations")
    })
  )

  bothWays("want a yes, and say what is gone", (run, relay) =>
    Effect.gen(function* () {
      yield* signUp(relay, alice)
      expect(yield* run("forget", alice)).toMatchObject({ code: 2, stdout: "" })
      expect((yield* run("forget", alice, "--yes")).stdout).toBe(
        "Forgotten: 1 invitation, 1 attempt, 1 webhook."
      )
      expect((yield* run("invitations", "list")).stdout).toContain("forgotten")
      const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
      const now = ["purge", "--before", "0 seconds"]
      expect(yield* run(...now, "--all")).toMatchObject({ code: 2, stdout: "" })
      expect(yield* run("purge", "--before", "soon", "--all", "--yes")).toMatchObject({ code: 2 })
      expect(yield* run(...now, "--yes")).toMatchObject({
        code: 2,
        stdout: "",
        stderr: "Nothing selected. Give --invitations or --webhooks, or --all."
      })
      expect(yield* run(...now, "--all", "--webhooks", "mapped", "--yes")).toMatchObject({
        code: 2,
        stderr: "Give --invitations or --webhooks, or --all, not both."
      })
      expect(yield* run("purge", "--before", tomorrow, "--all", "--yes")).toMatchObject({
        code: 2,
        stderr: `--before: ${tomorrow} is in the future.`
      })
      const ids = yield* run(...now, "--invitations", "invited", "--delivery-ids", "--yes")
      expect(ids).toMatchObject({ code: 2, stdout: "" })
      const plan = yield* run(...now, "--invitations", "cancelled", "--invitations", "invited")
      expect(plan.stderr).toMatch(/^Finished before \S+: 1 invitation \(cancelled or invited\), deleted/)
      expect(plan.stderr).not.toContain("webhooks")
      expect((yield* run(...now, "--all", "--yes")).stdout).toBe("Deleted 2 rows.")
      expect((yield* run("invitations", "list")).stdout).toBe("No matching invitations.")
    })
  )
})

describe("commands that change much", () => {
  bothWays("counts before it deletes and maps again, and says which invitations stay", (run, relay) =>
    Effect.gen(function* () {
      yield* signUp(relay, alice)
      expect((yield* run("webhooks", "remap", "--status", "mapped", "--plan")).stdout).toBe(
        "1 webhook with the status mapped will be mapped again. The running relay maps with the configuration that it has loaded, not with the file of this command. After a change of the file, first: usher reload --url URL. The 1 invitation requested so far stays as it is, even if the mapping now names another Live or person."
      )
      const old = ["purge", "--all", "--before"]
      expect((yield* run(...old, "1 day", "--yes")).stdout).toMatch(
        /^Nothing to delete. Finished before \S+: 0 invitations/
      )
      const plan = yield* run(...old, "0 seconds", "--plan", "--json")
      expect(JSON.parse(plan.stdout)).toEqual({ plan: { invitations: 1, webhooks: 1, deliveryIds: 0 } })
      const withIds = yield* run(...old, "0 seconds", "--delivery-ids", "--plan")
      expect(withIds.stdout).toContain("1 delivery id of webhooks without a body")
      expect(yield* relay.statuses).toEqual({ webhooks: { mapped: 1 }, invitations: { invited: 1 } })
      expect((yield* run(...old, "0 seconds", "--yes")).stdout).toBe("Deleted 2 rows.")
    })
  )

  bothWays("want --all or a filter, and never both or a blank one", (run, relay) =>
    Effect.gen(function* () {
      const invitation = yield* signUp(relay, alice, "invited")
      const future = new Date(Date.now() + 86_400_000).toISOString()
      const refused = [
        ["replay", "--plan"],
        ["replay", "--all", "--status", "invited", "--yes"],
        ["replay", "--all", invitation, "--yes"],
        ["replay", "--source", "", "--yes"],
        ["replay", "--person", " ", "--yes"],
        ["replay", "", "--yes"],
        ["replay", "--status", "invited", "--to", future, "--yes"],
        ["replay", "--status", "invited", "--from", future, "--yes"],
        ["replay", "--status", "invited", "--from", "1 hour", "--to", "2 hours", "--yes"],
        ["webhooks", "remap", "--yes"],
        ["webhooks", "remap", "--all", "--status", "mapped", "--yes"],
        ["webhooks", "remap", "--text", " ", "--status", "mapped", "--yes"],
        ["webhooks", "remap", "--status", "mapped", "--to", future, "--yes"],
        ["quarantine", "release"],
        ["quarantine", "release", "--all", "--source", "svix"],
        ["quarantine", "release", "--source", ""],
        ["quarantine", "release", " "],
        ["quarantine", "discard", "--yes"],
        ["quarantine", "discard", "--all", "qu_none", "--yes"],
        ["quarantine", "discard", "--source", " ", "--yes"]
      ]
      for (const args of refused) {
        const { code, stdout, stderr } = yield* run(...args)
        expect([args, code, stdout]).toEqual([args, 2, ""])
        expect(stderr).toMatch(/^[A-Z-].*[.]$/)
      }
      expect((yield* run("webhooks", "remap", "--all", "--yes")).stdout).toBe(
        "Nothing to do: 0 webhooks with the status unmappable."
      )
      const { items } = yield* relay.viewer.audit.list({ query: { limit: 10 } })
      expect(items).toEqual([])
    })
  )
})

describe("usher spots", () => {
  bothWays("names a Spot whose budget is used up, and when it has a call again", (run, { sql }) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      // The first call of the last 24 hours, and the last one.
      for (const number of [1, 50_000]) {
        yield* sql`INSERT INTO reservations (spot, lane, number, started_at, ends_at)
          VALUES ('main', 0, ${number}, ${now - 3_600_000 + number}, ${now - 3_000_000})`
      }
      const { stdout } = yield* run("spots", "list")
      expect(stdout).toMatch(/main +budget used up +- +20[\dT:-]+Z? /)
    })
  )
})

describe("usher sources, spots and lives", () => {
  bothWays("pause, resume and show it", (run, relay) =>
    Effect.gen(function* () {
      expect((yield* run("sources", "pause", "svix", "--reason", "a test")).code).toBe(0)
      expect((yield* run("sources", "list")).stdout).toMatch(/svix .* paused by .*: a test/)
      expect((yield* run("sources", "resume", "svix")).stdout).toBe(
        "Resumed svix. Its backlog is mapped, oldest first."
      )
      expect((yield* run("spots", "pause", "main", "--reason", "a test")).stdout).toContain(
        "main is paused, 0 invitations pending"
      )
      expect((yield* run("spots", "list")).stdout).toMatch(/main +paused .* a test/)
      expect((yield* run("stats")).stdout).toMatch(
        /^Needs attention:\n {2}warning: An operator paused Spot main\. 0 invitations pending\. Reason: a test\.\n {4}Since [\dT:-]+Z\. Nothing is sent until an operator resumes it\./
      )
      expect((yield* run("spots", "resume", "main")).stdout).toBe("main is active, 0 invitations pending")
      expect(yield* run("spots", "pause", "other", "--reason", "a test")).toMatchObject({ code: 3 })
      yield* relay.fault(404)
      yield* deliver(relay.url, "svix", { email: alice })
      yield* until(relay.viewer.lives.parked(), (parked) => parked.length > 0)
      expect((yield* run("lives", "list", "--parked")).stdout).toMatch(/live-svix +main/)
      expect((yield* run("lives", "list")).stdout).toMatch(/live-svix .*no, the Live is parked/)
      expect((yield* run("lives", "unpark", "live-svix")).stdout).toContain(
        "pending invitations are sent again"
      )
      expect((yield* run("lives", "unpark", "live-svix")).code).toBe(3)
    })
  )
})

describe("usher quarantine", () => {
  bothWays("shows what was refused, releases it on somebody's word, and discards", (run, relay) =>
    Effect.gen(function* () {
      const forged = (email: string) =>
        deliver(relay.url, "token", { people: [{ email }] }, { secret: "another" })
      yield* forged(alice)
      const list = yield* run("quarantine", "list")
      expect(list.stdout).toMatch(/token +1 +NoSecretMatches/)
      const { items } = JSON.parse((yield* run("quarantine", "list", "--json")).stdout)
      const id: string = items[0].id
      const why = /NoSecretMatches: no current secret \(#1\)/
      const { stdout: shown } = yield* run("quarantine", "show", id)
      expect(shown).toMatch(/still not valid: NoSecretMatches: no current secret \(#1\)/)
      expect(shown).toContain("x-relay-secret: •••")
      expect(shown).not.toContain("another")
      expect(yield* run("quarantine", "show", "qu_none")).toMatchObject({ code: 3 })
      expect(yield* run("quarantine", "release")).toMatchObject({ code: 2 })

      const stays = yield* run("quarantine", "release", "--source", "token")
      expect(stays).toMatchObject({ code: 1, stderr: "" })
      const [first, second, reason] = stays.stdout.split("\n")
      expect([first, second]).toEqual(["Released 0 deliveries.", "1 delivery stays in quarantine:"])
      expect(reason).toMatch(why)
      expect(reason).toContain(id)
      const json = yield* run("quarantine", "release", "--all", "--json")
      expect(json.code).toBe(1)
      expect(JSON.parse(json.stdout)).toMatchObject({
        refused: 1,
        stayed: [{ id, reason: "NoSecretMatches" }]
      })

      const unknown = yield* run("quarantine", "release", "qu_none", id)
      expect(unknown).toMatchObject({ code: 3, stderr: "Not in quarantine: qu_none. Check the ids." })
      expect(unknown.stdout).toMatch(why)
      const neither = yield* run("quarantine", "release", "qu_none", "--json")
      expect(neither.code).toBe(3)
      expect(JSON.parse(neither.stdout)).toMatchObject({ released: 0, refused: 0, unknown: ["qu_none"] })
      expect(yield* run("quarantine", "release", "--source", "svix")).toMatchObject({
        code: 0,
        stdout: "Nothing to release: no matching deliveries in quarantine."
      })

      expect(yield* run("quarantine", "release", id, "--unverified", "--yes")).toMatchObject({
        code: 0,
        stdout: "Released 1 delivery."
      })
      expect(yield* run("quarantine", "release", id)).toMatchObject({ code: 3 })
      yield* forged(alice)
      yield* forged("bob@example.com")
      const again = yield* run("quarantine", "release", "--all", "--unverified", "--yes")
      expect(again).toMatchObject({
        code: 0,
        stdout: "Released 2 deliveries; 1 of them had been accepted before."
      })

      yield* forged("bob@example.com")
      expect(yield* run("quarantine", "discard", "qu_none", "--yes")).toMatchObject({ code: 3 })
      expect(yield* run("quarantine", "discard", "--all", "--yes")).toMatchObject({
        code: 0,
        stdout: "Discarded 1 delivery."
      })
      expect((yield* run("quarantine", "list")).stdout).toBe("No deliveries in quarantine.")
    })
  )

  bothWays("say their exit codes in the help", (run) =>
    Effect.gen(function* () {
      const { stdout } = yield* run("quarantine", "release", "--help")
      expect(stdout.replaceAll(/\s+/g, " ")).toContain("1 if any stays, 3 if an id is unknown")
      expect((yield* run("quarantine", "discard", "--help")).stdout).toContain("Exit code 3")
    })
  )
})

describe("usher stats, budget, tokens and audit", () => {
  bothWays("say how things stand", (run, relay) =>
    Effect.gen(function* () {
      yield* signUp(relay, alice)
      expect((yield* run("stats")).stdout).toMatch(/Accepted +1/)
      expect(JSON.parse((yield* run("stats", "--by", "day", "--json")).stdout).at(-1)).toMatchObject({
        invited: 1
      })
      const days = (yield* run("stats", "--by", "day")).stdout
      expect(days).toMatch(/^ Since +Accepted +Mapped +Requested +Invited *\n/)
      expect(days.trim().split("\n")).toHaveLength(3)
      expect((yield* run("sources", "list")).stdout).toMatch(/active +\d{4}-\d\d-\d\dT\d\d:\d\dZ? /)
      const { stdout } = yield* run("budget")
      expect(stdout).toMatch(/in 10 seconds +100 /)
      expect(stdout).toMatch(/in 1 day +50,000 +1 +49,999 /)
      expect(stdout).toContain("No pending invitations.")
      const made = yield* run("tokens", "create", "--name", "page")
      expect(made.stdout).toMatch(/^usher_/)
      expect((yield* run("tokens", "list")).stdout).toMatch(/page +read/)
      expect(yield* run("tokens", "create", "--name", "page")).toMatchObject({ code: 4 })
      expect((yield* run("tokens", "revoke", "page", "--yes")).code).toBe(0)
      expect((yield* run("tokens", "revoke", "page")).code).toBe(3)
      expect((yield* run("audit")).stdout).toMatch(/tokens.revoke .* done/)
    })
  )
})
