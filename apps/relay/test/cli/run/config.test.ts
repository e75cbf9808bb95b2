import { describe, expect } from "@effect/vitest"
import { Effect } from "effect"
import { parse } from "yaml"
import { secrets } from "../../harness.ts"
import { bothWays } from "../harness.ts"

describe("usher config show", () => {
  bothWays("prints the configuration in force, as YAML or JSON", (run) =>
    Effect.gen(function* () {
      const { code, stdout } = yield* run("config", "show")
      expect(code).toBe(0)
      expect(parse(stdout)).toMatchObject({
        server: { host: "127.0.0.1", port: 0, keepAliveTimeout: "75 seconds" },
        spots: { main: { secretKey: { env: "SPOT_KEY" }, batchSize: 100 } },
        sources: { svix: { dedupe: { window: expect.any(String) } } }
      })
      expect(stdout).not.toContain(secrets.SPOT_KEY)
      const { stdout: json } = yield* run("config", "show", "--json")
      expect(JSON.parse(json)).toEqual(parse(stdout))
    })
  )
})
