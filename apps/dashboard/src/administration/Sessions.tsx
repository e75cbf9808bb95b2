/** The sessions of the dashboard. */
import type { Tokens as Wire } from "@usher/admin"
import { api } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { useAction, useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { DataTable } from "../parts/DataTable.tsx"
import { plural } from "../parts/number.ts"
import { Section } from "../parts/Page.tsx"
import type { Question } from "../parts/Planned.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Empty, Shown, Trouble } from "../parts/Shown.tsx"
import { Ago } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"

interface Props {
  /** The names of the created tokens by their ids. */
  readonly names: ReadonlyMap<string, string>
  readonly ask: (question: Question) => void
}

export const Sessions = ({ names, ask }: Props) => {
  const mayAct = useMayAct()
  const sessions = useApi(["tokens", "sessions"], api.tokens.sessions({ query: {} }), { everyMs: 30_000 })
  return (
    <Section
      title="Sessions"
      aside={mayAct && <Button onPress={() => ask(endOthers)}>End all other sessions</Button>}
    >
      <Shown query={sessions} waiting="rows">
        {(sessions) => (
          <DataTable
            label="Sessions"
            items={sessions}
            idOf={({ id }) => id}
            empty={<Empty title="No sessions" />}
            columns={[
              {
                title: "Token",
                cell: ({ isCurrent, token }) => (
                  <>
                    <Raw className="strong" text={nameOf(token, names)} />
                    {isCurrent && <span className="muted"> (this session)</span>}
                  </>
                )
              },
              {
                title: "Browser",
                className: "wide",
                cell: ({ userAgent }) => <Raw text={userAgent ?? "Unknown"} />
              },
              { title: "IP address", cell: ({ ip }) => <code>{ip ?? "Unknown"}</code> },
              { title: "Began", cell: ({ begunAt }) => <Ago at={begunAt} /> },
              { title: "Last used", cell: ({ lastUsedAt }) => <Ago at={lastUsedAt} /> },
              ...(mayAct
                ? [
                    {
                      title: "Change",
                      className: "actions" as const,
                      cell: (session: Wire.Session) => <EndSession session={session} />
                    }
                  ]
                : [])
            ]}
          />
        )}
      </Shown>
    </Section>
  )
}

/** A token of the configuration file has its name in its id. */
const nameOf = (token: string, names: ReadonlyMap<string, string>) =>
  names.get(token) ?? token.replace(/^configured:/, "")

const endOthers: Question = {
  title: "End all other sessions?",
  content: (close) => <EndOthers close={close} />
}

const EndOthers = ({ close }: { readonly close: () => void }) => {
  const ending = useAction(() => api.tokens.endOtherSessions(), ["tokens"])
  return (
    <div className="dialog-form">
      {ending.isSuccess ? (
        <p className="done" role="status">
          Ended {plural(ending.data.ended, "session")}.
        </p>
      ) : (
        <p>Everyone else who is signed in has to sign in again, with any token. Tokens stay valid.</p>
      )}
      {ending.isError && <Trouble error={ending.error} />}
      <div className="dialog-buttons">
        <Button onPress={close}>{ending.isSuccess ? "Close" : "Cancel"}</Button>
        {!ending.isSuccess && (
          <Button variant="danger" isPending={ending.isPending} onPress={() => ending.mutate(undefined)}>
            End sessions
          </Button>
        )}
      </div>
    </div>
  )
}

/** Ending one's own session leads to the sign-in. */
const EndSession = ({ session: { id } }: { readonly session: Wire.Session }) => {
  const ending = useAction(() => api.tokens.endSession({ params: { id } }), ["tokens", "session"])
  return (
    <>
      {ending.isError && <span className="field-error">{sentence(ending.error)}</span>}
      <Button isPending={ending.isPending} onPress={() => ending.mutate(undefined)}>
        End session
      </Button>
    </>
  )
}
