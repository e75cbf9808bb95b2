/** Who did what, when and from where. */
import type { Audit as Wire } from "@usher/admin"
import { api } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { useAction, useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { TextFilter, useGiven } from "../parts/Filters.tsx"
import { count, plural } from "../parts/number.ts"
import { Page } from "../parts/Page.tsx"
import { Pages } from "../parts/Pages.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Empty } from "../parts/Shown.tsx"
import { Ago } from "../parts/time.tsx"

export const AuditLog = () => {
  const given = useGiven("what", "after")
  const query = useApi(["audit", JSON.stringify(given)], api.audit.list({ query: given }), {
    everyMs: 15_000
  })
  return (
    <Page
      title="Audit log"
      lead="What people and programs did with this relay. A keyed digest, person:…, stands for each address."
      aside={<Verify />}
    >
      <div className="filters">
        <TextFilter label="Act" name="what" placeholder="Such as spots.pause" />
      </div>
      <Pages
        label="Audit log"
        query={query}
        idOf={({ id }) => id}
        empty={<Empty title="No entries" />}
        columns={[
          { title: "Act", cell: ({ what }) => <code>{what}</code> },
          {
            title: "By",
            cell: ({ ip, via, who }) => (
              <>
                <Raw className="strong" text={who} />
                <div className="muted">
                  {via}
                  {ip !== null && `, ${ip}`}
                </div>
              </>
            )
          },
          { title: "When", cell: ({ at }) => <Ago at={at} /> },
          { title: "Result", cell: ({ result }) => <Raw text={result} /> },
          {
            title: "Parameters",
            className: "wide",
            cell: ({ parameters }) => <Raw className="mono" text={parametersText(parameters)} />
          }
        ]}
      />
    </Page>
  )
}

const parametersText = (parameters: Wire.Entry["parameters"]): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("; ")

/** Checks the chain of hashes from the first entry to the last. */
const Verify = () => {
  const verifying = useAction(() => api.audit.verify(), [])
  return (
    <>
      <span role="status">
        {verifying.isError ? (
          <span className="field-error">{sentence(verifying.error)}</span>
        ) : (
          verifying.data && <Verdict verification={verifying.data} />
        )}
      </span>
      <Button isPending={verifying.isPending} onPress={() => verifying.mutate(undefined)}>
        Verify
      </Button>
    </>
  )
}

const Verdict = ({ verification: { entries, fault } }: { readonly verification: Wire.Verification }) =>
  fault === null ? (
    <span className="status tone-good">Intact: {plural(entries, "entry", "entries")}</span>
  ) : (
    <span className="status tone-bad">
      Entry {count(fault.number)} is invalid: {fault.detail}
    </span>
  )
