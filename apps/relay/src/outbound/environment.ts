/** The proxies in the environment, by the variables that curl and most programs read. */
import { Config, Effect, Option } from "effect"
import * as Proxies from "./Proxies.ts"

/** Reads a variable: lower case before upper case, like curl. An empty value counts as not set. */
const read = Effect.fnUntraced(function* (name: string) {
  for (const variable of [name, name.toUpperCase()]) {
    const value = Option.getOrElse(yield* Effect.option(Config.String(variable)), () => "").trim()
    if (value !== "") return { variable, value }
  }
  return undefined
})

/** Reads the proxies. Notes all problems without quoting values, which may have a password. */
export const environment = Effect.fnUntraced(function* (note: (reason: string) => Effect.Effect<void>) {
  const proxy = Effect.fnUntraced(function* (name: string) {
    const found = yield* read(name)
    if (found === undefined) return
    return yield* Proxies.parseOrNote(found.value, (reason) =>
      note(`in the environment, ${found.variable}: ${reason}`)
    )
  })
  const except = yield* read("no_proxy")
  const proxies: Proxies.Proxies = {
    http: yield* proxy("http_proxy"),
    https: yield* proxy("https_proxy"),
    except: Proxies.entriesOf(except?.value ?? "")
  }
  return proxies
})
