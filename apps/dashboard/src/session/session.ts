/** The session and its scope. */
import { Effect } from "effect"
import type { Session } from "@usher/admin"
import { createContext, useContext } from "react"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"

/** Null while signed out. */
export const useSession = () =>
  useApi(
    ["session"],
    api.session.whoami().pipe(
      Effect.map((who): Session.Who | null => who),
      Effect.catchTag("Unauthorized", () => Effect.succeed(null))
    )
  )

export const Who = createContext<Session.Who>({ name: "", scope: "read", via: "session" })

export const useWho = () => useContext(Who)

/** False for the scope `read`: the page then hides every button that changes something. */
export const useMayAct = () => useWho().scope === "operate"
