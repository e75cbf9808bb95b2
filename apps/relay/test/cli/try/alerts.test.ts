import { expect, it } from "@effect/vitest"
import { Effect, Queue } from "effect"
import { configuration, folder, isolated, secrets } from "../../harness.ts"
import { usher } from "../../inProcess.ts"
import { webServer } from "../../alerts/servers.ts"

const withChannels = folder(
  `${configuration("http://127.0.0.1:9")}
alerts: { channels: { team: { teams: { env: TEAM } }, on-call: { slack: { env: ON_CALL }, urgency: critical } } }
`
)

it.live("a test message reaches all channels, or the named one, and says which did not take it", () =>
  Effect.gen(function* () {
    const home = yield* withChannels
    const [team, onCall] = [yield* webServer(), yield* webServer(() => 403)]
    const env = { ...secrets, TEAM: team.url, ON_CALL: onCall.url }
    const test = (...args: ReadonlyArray<string>) =>
      usher(["alerts", "test", ...args], { cwd: home.path, env })
    expect(yield* test()).toEqual({
      code: 1,
      stdout: "team: sent\non-call: not sent: it answered 403\n",
      stderr: ""
    })
    expect((yield* Queue.take(team.received)).body).toContain("This is a test message. Nothing is wrong.")
    expect((yield* Queue.take(onCall.received)).body).toContain("*Usher: 1 problem*")
    expect(yield* test("team", "--json")).toMatchObject({
      code: 0,
      stdout: `${JSON.stringify([{ channel: "team", sent: true, reason: null }])}\n`
    })
    expect(yield* test("pager")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("has no channel pager under alerts.channels")
    })
  }).pipe(isolated)
)

it.live("without channels nothing is tested, and it says so", () =>
  Effect.gen(function* () {
    const home = yield* folder(configuration("http://127.0.0.1:9"))
    expect(yield* usher(["alerts", "test"], { cwd: home.path, env: secrets })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("has no channels under alerts.channels")
    })
  }).pipe(isolated)
)
