import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import {
  configuration,
  deliver,
  folder,
  isolated,
  participants,
  sandbox,
  secrets,
  serve
} from "../../harness.ts"
import { usher } from "../../inProcess.ts"

const patience = 180_000

/** A relay that has mapped three webhooks and is over: one good, one that names nobody, one that is broken. */
const mapped = Effect.gen(function* () {
  const { url, ledger } = yield* sandbox
  const home = yield* folder(configuration(url))
  yield* Effect.gen(function* () {
    const relay = yield* serve(home)
    const deliverTo = (id: string, body: unknown) => deliver(relay.url, "svix", body, { id })
    yield* deliverTo("msg_1", { email: "alice@example.com", other: "Alice@example.org" })
    yield* deliverTo("msg_2", { mail: "bob@example.com" })
    yield* deliverTo("msg_3", { email: "carol@example.com", other: "carol@example.com" })
    yield* participants(ledger, 2)
    yield* relay.kill("SIGTERM")
    yield* relay.ended
  }).pipe(Effect.scoped)
  const fs = yield* FileSystem.FileSystem
  return {
    test: (...args: ReadonlyArray<string>) =>
      usher(["mapping", "test", ...args], { cwd: home.path, env: secrets }),
    write: (name: string, text: string) => fs.writeFileString(`${home.path}/${name}`, text),
    configuration: configuration(url)
  }
})

describe("usher mapping test", () => {
  it.live(
    "tells that the present mapping changes nothing, and what another one would change",
    () =>
      Effect.gen(function* () {
        const { test, write, configuration } = yield* mapped
        const same = yield* test("svix")
        expect(same).toMatchObject({ code: 0, stderr: "" })
        expect(same.stdout).toMatch(
          /^3 webhooks tried with mapping [0-9a-f]{12}\. 0 would change: 0 would fail, 0 would be fixed\.\nInvitations: 0 would appear, 0 would disappear, 0 would differ\. Nothing was written\.\n$/
        )

        yield* write(
          "rules.yaml",
          "invite: { live: live-svix, member: { expr: 'mail ? mail : other' }, notify: true }\n"
        )
        const other = yield* test("svix", "--rules", "rules.yaml")
        expect(other).toMatchObject({ code: 0, stderr: "" })
        expect(other.stdout.split("\n").map((line) => line.replace(/^\S+Z wh_\w+ /, ""))).toEqual([
          "mapped",
          "  ~ carol@example.com: mail default → on",
          "unmappable → mapped",
          "  + bob@example.com to live-svix, mail on",
          "mapped",
          "  - alice@example.com to live-svix",
          "  + Alice@example.org to live-svix, mail on",
          expect.stringMatching(/^3 webhooks tried .* 3 would change: 0 would fail, 1 would be fixed\.$/),
          "Invitations: 2 would appear, 1 would disappear, 1 would differ. Nothing was written.",
          ""
        ])

        yield* write(
          "changed.yaml",
          configuration.replace(
            "{ live: live-svix, member: { expr: email } }",
            "{ live: live-svix, member: { expr: $number(email) } }"
          )
        )
        const broken = yield* test("svix", "--config", "changed.yaml", "--json", "--limit", "1")
        expect(broken).toMatchObject({ code: 1, stderr: "" })
        const [difference, summary] = broken.stdout
          .trim()
          .split("\n")
          .map((line): unknown => JSON.parse(line))
        expect(difference).toMatchObject({
          type: "difference",
          before: { status: "mapped" },
          after: {
            status: "unmappable",
            reason: expect.stringContaining("member: $number(email) fails: D3030")
          },
          disappear: [{ liveId: "live-svix", member: "carol@example.com" }]
        })
        expect(summary).toMatchObject({
          type: "summary",
          source: "svix",
          webhooks: 1,
          changed: 1,
          fail: 1,
          disappear: 1
        })
      }).pipe(isolated),
    patience
  )

  it.live(
    "says what is wrong with what it is asked",
    () =>
      Effect.gen(function* () {
        const home = yield* folder(configuration("http://127.0.0.1:9"))
        const fs = yield* FileSystem.FileSystem
        const test = (...args: ReadonlyArray<string>) =>
          usher(["mapping", "test", ...args], { cwd: home.path, env: secrets })
        expect(yield* test("svx")).toMatchObject({
          code: 3,
          stderr: expect.stringContaining("usher.yaml has no source svx; did you mean svix?")
        })
        yield* fs.writeFileString(
          `${home.path}/rules.yaml`,
          "invite: { live: a, membr: { expr: email } }\nwhen: 7\n"
        )
        expect(yield* test("svix", "--rules", "rules.yaml")).toMatchObject({
          code: 1,
          stderr: expect.stringMatching(/rules\.yaml has 2 problems:\n.*invite\.membr: unknown key; .*member/)
        })
        yield* fs.writeFileString(
          `${home.path}/rules.yaml`,
          "invite: { live: a, member: { expr: 'email[' } }\n"
        )
        expect(yield* test("svix", "--rules", "rules.yaml")).toMatchObject({
          code: 1,
          stderr: expect.stringContaining("invite.member: S0203")
        })
        expect(yield* test("svix", "--rules", "nowhere.yaml")).toMatchObject({
          code: 1,
          stderr: expect.stringContaining("or name another file with --rules")
        })
      }).pipe(isolated),
    patience
  )
})
