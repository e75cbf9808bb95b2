import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Yaml } from "effect/encoding"
import { Senders } from "@usher/signatures"
import { isolated, load, folder, secrets } from "../../harness.ts"
import { usher } from "../../inProcess.ts"

describe("usher senders", () => {
  it.live("lists every sender", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* usher(["senders"])
      expect(code).toBe(0)
      for (const { name, title } of Senders.all)
        expect(stdout).toMatch(new RegExp(` ${name} +${title.slice(0, 5)}`))
      const listed = JSON.parse((yield* usher(["senders", "--json"])).stdout)
      expect(Object.values<{ readonly name: string }>(listed).map(({ name }) => name)).toEqual(Senders.names)
    })
  )

  it.live("describes each, with a source that the relay takes", () =>
    Effect.gen(function* () {
      const sources: Array<string> = []
      for (const sender of Senders.all) {
        const { code, stdout } = yield* usher(["senders", sender.name])
        expect({ code, sender: sender.name }).toEqual({ code: 0, sender: sender.name })
        expect(stdout).toContain(sender.docs)
        expect(stdout).toContain(sender.note ?? sender.title)
        const source = stdout.slice(stdout.indexOf("  my-form:"))
        expect(Object(Yaml.parse(source))["my-form"].sender).toBe(sender.name)
        // Its secret is a name with a password.
        if (sender.name !== "basic") sources.push(source.replace("my-form", sender.name))
      }
      const head =
        "server: { publicUrl: https://hooks.example.com }\nspots: { main: { secretKey: { env: SPOT_KEY } } }\n"
      const { file } = yield* folder(`${head}sources:\n${sources.join("")}`)
      const { relay } = yield* load(file, {
        ...secrets,
        MY_FORM_SECRET: `whsec_${btoa("a secret of a form, which is long enough")}`
      })
      expect(relay.sources.size).toBe(sources.length)
    }).pipe(isolated)
  )

  it.live("names the nearest sender for a mistyped one", () =>
    Effect.gen(function* () {
      expect(yield* usher(["senders", "typform"])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("typeform")
      })
    })
  )
})
