/** Tokens of people and programs. */
import type { Tokens as Wire } from "@usher/admin"
import { api } from "../api/client.ts"
import { useAction, useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { DataTable } from "../parts/DataTable.tsx"
import { Page } from "../parts/Page.tsx"
import { type Question, useQuestion } from "../parts/Planned.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Empty, Shown, Trouble } from "../parts/Shown.tsx"
import { Ago } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"
import { CreateToken } from "./CreateToken.tsx"
import { Sessions } from "./Sessions.tsx"

export const Tokens = () => {
  const mayAct = useMayAct()
  const { ask, question } = useQuestion()
  const tokens = useApi(["tokens"], api.tokens.list())
  const names = new Map(tokens.data?.map(({ id, name }) => [id, name]))
  return (
    <Page
      title="Tokens"
      lead="Access for people and programs. The relay stores only hashes of their secrets. Tokens of the configuration file are not listed."
      aside={mayAct && <CreateToken />}
    >
      <Shown query={tokens} waiting="rows">
        {(tokens) => (
          <DataTable
            label="Tokens"
            items={tokens}
            idOf={({ id }) => id}
            empty={<Empty title="No tokens">People sign in with tokens of the configuration file.</Empty>}
            columns={[
              {
                title: "Name",
                className: "wide",
                cell: ({ name }) => <Raw className="strong" text={name} />
              },
              { title: "Access", cell: ({ scope }) => (scope === "read" ? "Read-only" : "Operator") },
              { title: "Created", cell: ({ createdAt }) => <Ago at={createdAt} /> },
              {
                title: "Last used",
                cell: ({ lastUsedAt }) => (lastUsedAt ? <Ago at={lastUsedAt} /> : "Never")
              },
              { title: "Expires", cell: ({ expiresAt }) => (expiresAt ? <Ago at={expiresAt} /> : "Never") },
              ...(mayAct
                ? [
                    {
                      title: "Change",
                      className: "actions" as const,
                      cell: (token: Wire.Token) => (
                        <Button onPress={() => ask(revokeOf(token))}>Revoke</Button>
                      )
                    }
                  ]
                : [])
            ]}
          />
        )}
      </Shown>
      <Sessions names={names} ask={ask} />
      {question}
    </Page>
  )
}

const revokeOf = (token: Wire.Token): Question => ({
  title: `Revoke ${token.name}?`,
  content: (close) => <Revoke token={token} close={close} />
})

interface RevokeProps {
  readonly token: Wire.Token
  readonly close: () => void
}

const Revoke = ({ token: { id }, close }: RevokeProps) => {
  const revoking = useAction(() => api.tokens.revoke({ params: { id } }), ["tokens"])
  return (
    <div className="dialog-form">
      <p>Requests with this token fail at once, and its sessions end.</p>
      {revoking.isError && <Trouble error={revoking.error} />}
      <div className="dialog-buttons">
        <Button onPress={close}>Cancel</Button>
        <Button
          variant="danger"
          isPending={revoking.isPending}
          onPress={() => revoking.mutate(undefined, { onSuccess: close })}
        >
          Revoke token
        </Button>
      </div>
    </div>
  )
}
