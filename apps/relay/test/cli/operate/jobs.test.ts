/** `usher jobs`, and the commands whose work a relay does as a job. */
import { describe, expect } from "@effect/vitest"
import { Effect } from "effect"
import { until } from "../../harness.ts"
import { bothWays, signUp } from "../harness.ts"

const alice = "alice@example.com"

describe("usher jobs", () => {
  bothWays("lists a job, shows it, pauses, resumes and stops it", (run, relay) =>
    Effect.gen(function* () {
      expect((yield* run("jobs", "list")).stdout).toBe("No jobs.")
      const { id } = yield* relay.operator.jobs.begin({
        payload: { kind: "cancel", selection: { source: "svix" }, total: 7 }
      })
      const state = Effect.map(relay.viewer.jobs.get({ params: { id } }), (job) => job.state)
      yield* until(state, (state) => state === "done")
      expect((yield* run("jobs", "list")).stdout).toMatch(
        new RegExp(`${id} +cancel invitations +done +0 +7 +source svix`)
      )
      yield* relay.sql`UPDATE jobs SET state = 'paused', mark = '', ended_at = NULL`
      expect((yield* run("jobs", "show", id)).stdout).toMatch(/paused +0 +7/)
      const resumed = yield* run("jobs", "resume", id, "--json")
      expect(JSON.parse(resumed.stdout)).toMatchObject({ id })
      yield* until(state, (state) => state === "done")
      yield* relay.sql`UPDATE jobs SET state = 'paused', ended_at = NULL`
      expect((yield* run("jobs", "pause", id)).stdout).toMatch(/paused/)
      expect((yield* run("jobs", "stop", id)).stdout).toMatch(/stopped/)
      for (const [act, states] of [
        ["resume", "paused or failed"],
        ["pause", "running"]
      ] as const) {
        expect(yield* run("jobs", act, id)).toMatchObject({
          code: 4,
          stdout: "",
          stderr: `Nothing was done: ${id} is stopped. To ${act} a job, it has to be ${states}.`
        })
      }
      const unknown = yield* run("jobs", "stop", "job_none")
      expect(unknown).toMatchObject({ code: 3 })
      expect(unknown.stderr).toContain("There is no job job_none.")
    })
  )
})

describe("usher replay", () => {
  bothWays(
    "works through the relay as a job that goes on, and on the database in its process",
    (run, relay) =>
      Effect.gen(function* () {
        yield* relay.fault(400)
        yield* signUp(relay, alice, "rejected")
        const { code, stderr, stdout } = yield* run("replay", "--all", "--yes")
        expect(code).toBe(0)
        expect(stdout).toContain("Queued 1 invitation.")
        const { items } = yield* relay.viewer.jobs.list({ query: {} })
        const [job] = items
        if (job === undefined) expect(stderr).not.toContain("job_")
        else {
          expect(job).toMatchObject({ kind: "replay", state: "done", done: 1, total: 1 })
          expect(stderr).toContain(
            `The relay works on it as ${job.id}, also if this command ends. To stop it: usher jobs stop ${job.id}`
          )
        }
        yield* until(
          relay.viewer.invitations.search({ payload: { person: alice } }),
          ({ items }) => items[0]?.status === "invited"
        )
      })
  )
})
