/** The configuration in force, as the running relay resolved it. */
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Copy } from "../parts/Copy.tsx"
import { Page } from "../parts/Page.tsx"
import { Shown } from "../parts/Shown.tsx"

export const Settings = () => {
  const query = useApi(["settings"], api.settings.get(), { everyMs: 30_000 })
  return (
    <Page
      title="Settings"
      lead="The configuration in force with all defaults. References stand for secrets. A key without a value (never, forever, unlimited) is absent."
      aside={
        query.data && (
          <div>
            <Copy text={query.data.yaml} label="Copy as YAML" what="as YAML" />
          </div>
        )
      }
    >
      <Shown query={query} waiting="rows">
        {({ yaml }) => (
          <div className="card">
            <pre className="raw raw-whole" tabIndex={0} aria-label="Settings as YAML">
              {yaml}
            </pre>
          </div>
        )}
      </Shown>
    </Page>
  )
}
