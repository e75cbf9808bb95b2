/** The way to the first webhook, for a relay that has received none. */
import type { Sources } from "@usher/admin"
import { useState } from "react"
import { api } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { useAction, useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { Choice } from "../parts/Choice.tsx"
import { Copy, Copyable } from "../parts/Copy.tsx"
import { Field } from "../parts/Field.tsx"
import { Section } from "../parts/Page.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Status } from "../parts/Status.tsx"
import { useMayAct } from "../session/session.ts"
import { curl } from "./curl.ts"

export const FirstSteps = ({ sources }: { readonly sources: ReadonlyArray<Sources.Source> }) => {
  const [name, setName] = useState(sources[0]?.name ?? "")
  const mayAct = useMayAct()
  const source = sources.find((source) => source.name === name)
  if (source === undefined) return null
  return (
    <Section title="Receive the first webhook" isCard>
      <ol className="findings">
        <li>
          <Choice
            label="Source"
            value={name}
            onChange={setName}
            options={sources.map(({ name }) => ({ id: name, label: name }))}
          />
        </li>
        <li>
          Enter this URL in the settings of the sender, {source.sender}:{" "}
          <Copyable text={source.url} what="URL">
            <code>{source.url}</code>
          </Copyable>
        </li>
        {mayAct && (
          <li>
            Or send a sample from a terminal.
            <SampleCommand key={name} name={name} />
          </li>
        )}
        <li>
          <Arrival />
        </li>
      </ol>
    </Section>
  )
}

/** A signature holds for some minutes only, so the relay signs on demand. */
const SampleCommand = ({ name }: { readonly name: string }) => {
  const [member, setMember] = useState("sam@example.com")
  const sample = useAction(
    (member: string) => api.sources.sample({ params: { name }, payload: { member } }),
    []
  )
  const command = sample.data && curl(sample.data)
  return (
    <div className="dialog-form">
      <Field
        label="Person"
        hint="The relay invites this person to the Live of the mapping."
        value={member}
        onChange={setMember}
        error={sample.isError ? sentence(sample.error) : undefined}
      />
      <div className="buttons">
        <Button
          isPending={sample.isPending}
          isDisabled={member.trim() === ""}
          onPress={() => sample.mutate(member.trim())}
        >
          Sign a sample
        </Button>
        {command !== undefined && <Copy text={command} what="command" />}
      </div>
      {command !== undefined && (
        <pre className="raw" tabIndex={0} aria-label="Command">
          {command}
        </pre>
      )}
    </div>
  )
}

const Arrival = () => {
  const webhooks = useApi(["webhooks", "search", "first"], api.webhooks.search({ payload: { limit: 1 } }), {
    everyMs: 5_000
  })
  const refused = useApi(["quarantine", "list", "first"], api.quarantine.list({ query: { limit: 1 } }), {
    everyMs: 5_000
  })
  const [first] = webhooks.data?.items ?? []
  const [refusal] = refused.data?.items ?? []
  return (
    <p role="status">
      {first !== undefined ? (
        <>
          The first webhook has arrived:{" "}
          <a href={`#/webhooks/${first.id}`}>
            <Raw text={first.deliveryId ?? first.id} />
          </a>{" "}
          <Status status={first.status} />
        </>
      ) : refusal !== undefined ? (
        <>
          A delivery was refused: <Raw text={refusal.message} />{" "}
          <a href={`#/quarantine/${refusal.id}`}>See the diagnosis</a>
        </>
      ) : (
        "Listening for the first webhook …"
      )}
    </p>
  )
}
